"""The words of column headings in many languages, and what they stand for.

Every entry is in the form of `headings.normalised`: lower case, no accents, no punctuation. A star
stands for any letters, so that "*umsatz" also finds "gesamtumsatz". Adding a language is adding words.
"""

REVENUE = """
revenue revenues sales turnover net_sales gmv takings umsatz* *umsatz erlos* *erlos *erlose erloes* einnahme*
chiffre_d_affaires chiffre_affaires ca ca_ht ca_ttc vente ventes recette recettes receita receitas faturamento
venda vendas venta ventas ingreso ingresos facturacion fatturato ricavo ricavi vendita vendite incasso incassi
omzet* *omzet verkopen opbrengst* выручк* продаж* оборот доход доходы przychod* sprzedaz* obrot*
ciro hasilat gelir satis satislar
*売上* 売上* 営業収益 *销售额 销售额* 销售金额 *收入 *営業収入
"""
REVENUE_FALSE_FRIENDS = """
document documents order_number target 売上日 売上数* person persons rep reps representative manager team channel
region agent office territory commission* commissie
growth method type returns return returned refund* qty count number forecast deferred vendedor vendeur venditore
cost costs custo costo coste cout other
"""
NET = """
net netto nette neto liquido liquida netta ht imponibile excl excluding exkl zzgl ohne hors senza zonder 未税 税抜*
"""
NOT_NET = """
gross brutto bruto brute lordo bruta last previous prior ly py ttc incl including inkl subtotal sous_total
zwischensumme 税込* 含税*
"""
TOTAL = "total totals totale totaal overall all grand summe gesamt gesamt* ges toplam итого всего razem 合計* 总* 總*"
AMOUNT = """
amount total totals spent spend value sum subtotal sous_total zwischensumme betrag *betrag summe gesamt gesamtsumme
wert *wert montant somme
importe monto valor importo bedrag totaal сумма итого стоимость kwota suma razem wartosc tutar toplam total_price
gesamtpreis prix_total preco_total precio_total prezzo_totale totaalprijs line_total price_total total_spent income
totale totali imponibile importi 金額 *金額 金额 *金额 合計 合计 总额 总价 小計 小计
"""
AMOUNT_COMPANIONS = """
totale totali imponibile importi *金額 *金额 合計 合计 总额 总价 小計 小计 subtotal sous zwischensumme
billable document local lc currency hauswahrung belegwahrung in booked transferred received money
amount total totals spent spend value sum subtotal net netto gross brutto line invoice order orders transaction sale
sold item items purchase purchases extended price paid payment bill billed deal contract in of the usd eur gbp chf brl
inr cad aud rub try pln us dollar dollars euro euros income
betrag summe gesamt gesamtsumme wert gesamtpreis preis
rechnung* bestell* auftrags* gesamt* netto* brutto* zahl* waren*
montant somme valeur facture commande ht ttc de la du des prix
importe monto valor pedido factura venta do da fatura venda total preco precio bruto liquido neto iva con sin
importo fattura ordine totale prezzo lordo bedrag totaal factuur totaalprijs bestelling
сумма итого заказа счета стоимость руб с без ндс kwota suma razem wartosc zamowienia tutar toplam siparis
"""
COGS = """
cogs cost costs cost_of_goods_sold cost_of_sales kosten wareneinsatz selbstkosten herstellkosten herstellungskosten
cout couts cout_des_ventes custo custos cmv cpv coste costes costo costi kostprijs inkoopwaarde себестоимост*
koszt koszty maliyet* costo_del_venduto
原価 *原価 成本 *成本 仕入* 売上原価
"""
COGS_COMPANIONS = """
cogs cost costs of goods sold sales product products item total amount net value merchandise direct production
sum usd eur gbp gesamt gesamtkosten summe kosten wareneinsatz selbstkosten herstellkosten herstellungskosten
cout couts des ventes vente produits revient d achat achats de la du marchandises
custo custos cmv cpv venda vendas dos das da do produto produtos mercadorias mercadoria vendidas vendida vendidos
coste costes costo costi ventas venta los las productos producto mercancias mercancia
venduto del della delle vendita vendite merci totale prodotto kostprijs inkoopwaarde verkopen omzet totaal van
себестоимост* продаж товаров koszt koszty wlasny sprzedazy maliyet* satilan malin toplam satis
原価 *原価 成本 *成本 仕入* 売上原価
"""
UNIT_COST = """
unit_cost cost_per_unit manufacturing_price cost_price cost_each
purchase_price buying_price stuckkosten stueckkosten einkaufspreis ek_preis
einstandspreis cout_unitaire prix_d_achat prix_achat prix_de_revient custo_unitario preco_de_custo preco_custo
coste_unitario costo_unitario precio_de_coste precio_de_costo precio_de_compra prezzo_d_acquisto prezzo_acquisto
inkoopprijs kostprijs_per_stuk закупочная_цена себестоимость_единицы koszt_jednostkowy cena_zakupu birim_maliyet*
standard_cost product_standard_cost std_cost cost_of_unit avg_cost average_cost 仕入単価 成本价 进价
"""
PRICE = """
price prices unit_value rate_per_unit mrp msrp preis *preis stuckpreis einzelpreis prix preco precio prezzo
prijs *prijs цена cena fiyat* birim_fiyat*
priceeach 単価 *単価 单价 价格 価格 *価格 售价
"""
# Of several prices the one that was paid; a net price has its discount taken off already.
NET_PRICE = "net discounted"
LIST_PRICE = "list msrp mrp original regular compare catalogue retail"
TOTAL_PRICE = """
total_price price_total gesamtpreis prix_total preco_total precio_total prezzo_totale totaalprijs extended_price
extended_amount extended_price line_price
"""
PROFIT = """
profit profits gain earnings net_income gross_income operating_income ebit ebitda gewinn* *gewinn ertrag ergebnis
deckungsbeitrag benefice benefices resultat lucro lucros beneficio beneficios ganancia ganancias utilidad utilidades
profitto profitti utile utili guadagno winst *winst прибыл* zysk zyski kar brut_kar net_kar
利益 *利益 粗利* 利润 *利润 毛利*
"""
MARGIN = (
    "margin margins marge marges *marge margem margens margen margenes margine margini маржа марж* marza marze marj"
)
EXPENSES = """
expense expenses opex overhead overheads operating_cost operating_costs ausgabe ausgaben aufwand aufwendungen
betriebskosten depense depenses charges despesa despesas gasto gastos egresos spesa spese uitgave uitgaven onkosten
расход* wydatek wydatki gider giderler
費用 経費 费用 支出
"""
EXPENSE_COMPANIONS = """
total operating monthly daily expense expenses opex overhead overheads cost costs amount ausgabe ausgaben aufwand
aufwendungen betriebskosten gesamt* depense depenses charges totales despesa despesas totais operacionais gasto gastos
operativos egresos spesa spese totali operative uitgave
uitgaven totale onkosten расход* wydatek wydatki gider giderler
toplam of
費用 経費 费用 支出
"""
UNITS = """
units quantity quantities qty qnty pieces pcs volume unit_sales menge *menge anzahl stuck stueck stk stuckzahl absatz
quantite quantites qte nombre_d_unites unites qtd qtde quant quantidade quantidades unidades cantidad cantidades cant
uds quantita qta pezzi aantal aantallen stuks hoeveelheid количеств* кол_во шт ilosc sztuk szt adet miktar items_sold
quantity* quantityordered 数量 *数量 个数 個数 件数 销量 *销量 販売数*
"""
UNITS_FALSE_FRIENDS = """
stock inventory on_hand reorder available remaining lager* bestand *bestand estoque existencias magazzino giacenza
voorraad склад* остаток stan stok return* returned defect* customers kunden clients clientes orders per
"""
ORDERS = """
orders order_count transactions transaction_count num_orders invoices bestellungen auftrage commandes pedidos ordini
ordens bestellingen заказы заказов zamowienia siparisler siparis_sayisi
"""
CUSTOMERS = """
customers customer_count clients client_count buyers kunden kundenzahl clientes clienti klanten клиенты клиентов
klienci klientow musteriler
"""
COUNT_FALSE_FRIENDS = """
new lost returning churn* acquired acquisition cancelled canceled returned open pending late neue neu nouveaux
novos nuevos nuovi nieuwe новые новых value amount total_value
"""
DISCOUNT = """
discount discounts rebate markdown rabatt* *rabatt nachlass remise remises desconto descontos descuento descuentos
sconto sconti korting* скидк* rabat* indirim iskonto
値引* 割引* 折扣*
"""
TAX = """
tax taxes vat gst hst mwst mw_st ust mehrwertsteuer
umsatzsteuer steuer *steuer tva taxe impot imposto impostos icms ipi
iva impuesto impuestos igv imposta tasse btw belasting налог* ндс podatek kdv vergi
消費税* 税額 税额 税金
"""
TAX_STATUS = """
excl incl excluding including before after without with net_of exkl inkl ohne mit hors sans sem com sin con senza
zonder без с ht ttc pre
"""
BUDGET = """
予算 目標* 预算 目标* budget* target targets goal goals plan planned quota quotas soll *soll ziel *ziel *ziele
plan* objectif objectifs
prevision meta metas objetivo objetivos presupuesto orcamento orcado obiettivo obiettivi preventivo begroting doel
план плановый бюджет budzet cel hedef butce
"""

# Columns of digits that name things, or say when: never measures.
CODES = """
id ids uuid guid no nr num number numero nummer *nummer *nr code codes codigo cod codice kod key sku ean upc isbn asin
barcode zip zipcode plz postal postcode postleitzahl cep cap phone telephone tel telefon telefone telefono mobile fax
lat latitude lon lng long longitude row zeile ligne linea
riga account konto compte conta cuenta hs imei iban номер код
индекс_почтовый телефон numer kodu numarasi rowid serial license version flag
*number gegenkonto sachkonto bankkonto bukrs buchungskreis kostenstelle 番号 *番号 编号 *编号 コード *コード 单号
*单号
"""
TIME_CODES = """
year jahr annee ano anno jaar год rok yil month monat mois mes mese maand месяц miesiac ay day tag jour dia giorno dag
день dzien gun week woche semaine semana settimana неделя tydzien hafta quarter quartal trimestre kwartaal квартал
kwartal ceyrek weekday wochentag hour stunde heure hora ora uur час time zeit fy weeknum
"""
ENTITIES = """
document doc dokument invoice receipt ticket voucher order transaction rechnung beleg bestellung auftrag facture
commande pedido fattura
ordine factuur customer client kunde cliente klant клиент employee mitarbeiter seller store shop filiale magasin loja
tienda negozio
winkel магазин branch product produkt produit produto
producto prodotto item artikel article artigo articulo department
abteilung region location site plant warehouse route terminal vendor supplier lieferant fournisseur manager person
index center centre kostenstelle centro line cluster segment class level tier rank
"""
COUNT_OF = (
    "number of",
    "no of",
    "nr of",
    "count of",
    "num of",
    "total number of",
    "nombre de",
    "nombre d",
    "nb de",
    "nb",
    "numero de",
    "n de",
    "numero di",
    "anzahl der",
    "anzahl",
    "aantal",
    "количество",
    "число",
    "liczba",
)

PERCENT = """
percent percentage pct rate prozent* prozentsatz *quote *satz pourcentage taux porcentaje tasa porcentagem percentual
taxa percentuale percentuel tasso процент* ставка procent procentowy yuzde oran
"""

# Numbers whose sum says nothing: they are averaged.
MEANS = """
price prices *preis prix preco precio prezzo *prijs цена cena fiyat* rate rates percent percentage pct ratio share
rating ratings score scores stars temperature temp celsius fahrenheit humidity age average averages avg mean index
indices median per growth ctr cpc cpm cpa roi roas conversion utilization utilisation satisfaction nps csat margin
efficiency occupancy probability durchschnitt* *quote steuersatz prozentsatz anteil *anteil
prozent moyenne moyen taux pourcentage
part media medio promedio tasa porcentaje porcentagem taxa percentual indice quota tasso percentuale gemiddeld*
percentuel aandeel средн* процент доля коэффициент srednia procent udzial oran yuzde ortalama temperatur* *temperatur
alter edad idade eta leeftijd возраст wiek yas bewertung note avaliacao calificacion nota valutazione beoordeling
рейтинг оценка ocena puan multiple factor speed latency unemployment fuel_price cpi inflation lead_time stock
inventory level open high low close bestand *bestand lager*
estoque existencias giacenza voorraad остаток stok balance saldo on_hand
mrr arr arpu arppu aov adr revpar rev_par ltv cac clv population headcount head_count employees staff fte ftes
belegschaft effectif effectifs plantilla active_subscribers total_subscribers paying_subscribers active_subscriptions
active_customers kontostand* saldi solde soldes bakiye cumulative cumul* kumul* running_total ytd mtd life_expectancy
cost_conv cost_per handle_time wait_time response_time gini hdi 残高 *残高 余额 库存* 在庫* 平均* 人口 率 *率
"""

DATES = """
date dates datum *datum fecha data дата tarih* timestamp datetime
day tag jour dia giorno dag день dzien gun week woche
semaine semana settimana неделя tydzien hafta month monat mois
mes mese maand месяц miesiac ay quarter quartal trimestre
kwartaal квартал kwartal period periode periodo период okres donem
year jahr annee ano anno jaar год rok yil fecha_hora
zeitraum zeitpunkt monat_jahr yearmonth yyyymm when dt data_hora fy kw
created_at updated_at paid_at closed_at ordered_at processed_at cancelled_at shipped_at occurred_at posted_at
received_at
due_at epoch unix* ts created_on created_utc unix_time time_stamp timestamp* event_time
日付 日期 *日期 年月日 年月
*日付 売上日
受注日 注文日 販売日 下单时间 *时间
"""
BOOKED_DATES = """
order ordered invoice transaction transactions posting posted sale sales booking booked purchase trade business
bestell* auftrags* rechnungs* buchungs* verkaufs* umsatz* beleg* commande facture vente achat pedido pedidos venda
vendas compra fatura emissao venta ventas factura emision ordine fattura vendita acquisto order* factuur* verkoop*
boek* заказа продажи счета операции документа zamowienia sprzedazy faktury siparis satis fatura
"""
OTHER_DATES = """
ship shipped shipping shipment due birth born dob delivery delivered deliver end ended expiry expiration expires
fulfilled processed
updated modified hire hired return returned paid payment closed cancel* start scheduled promised required
liefer* versand* fallig* geburt* zahl* ablauf* livraison expedition echeance naissance paiement entrega vencimento
nascimento envio vencimiento nacimiento pago pagamento consegna spedizione scadenza nascita lever* verzend* verval*
geboorte* betaal* доставк* отгрузк* рожден* оплат* dostawy wysylki urodzenia platnosci teslim* dogum* odeme last
"""

CURRENCY = "currency currencies curr wahrung *wahrung devise monnaie moneda moeda valuta валюта waluta doviz 通貨 币种"
# The two values of a column that tells in which direction an amount goes.
DIRECTIONS = tuple(
    pair.split()
    for pair in (
        "s h",
        "d c",
        "dr cr",
        "debit credit",
        "soll haben",
        "debe haber",
        "dare avere",
        "af bij",
        "income expense",
        "income expenses",
        "einnahme ausgabe",
        "einnahmen ausgaben",
        "deposit withdrawal",
        "credited debited",
        "in out",
        "buy sell",
        "sale return",
        "sale refund",
        "order refund",
        "payment refund",
    )
)

# What numbers count within a year or a month.
UNITS_OF_TIME = {
    "week": "week weeks wk kw cw woche kalenderwoche semaine semana settimana неделя tydzien hafta weeknum isoweek",
    "quarter": "quarter qtr quartal trimestre kwartaal квартал kwartal ceyrek",
    "day": "day days tag jour dia giorno dag день dzien gun",
}

# Words that only English headings have; they decide how 01/02/2024 is read when nothing else does.
ENGLISH = """
date day month year week quarter sales revenue amount
total price quantity qty units cost customer order orders product
region country city category name number discount tax budget expenses spend net gross value channel store shop item
payment method rating transaction invoice sold income target by of and the type status
"""
TOTALS = "|".join(
    (
        "(grand |sub ?)?totals?|sum|total (general|geral|generale)",
        "summe|gesamt(summe|betrag)?|insgesamt|zwischensumme",
        "somme|totale|totaal|suma|итого|всего|razem|(genel )?toplam",
    )
)

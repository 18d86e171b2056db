import pytest

from dash_kpi.ingest.headings import is_english, slug, understand


@pytest.mark.parametrize(
    ("measure", "headings"),
    [
        (
            "revenue",
            "Sales|Net Sales|total_spent|Amount|Umsatz (€)|Gesamtumsatz|Chiffre d'affaires|CA HT|RECEITA VENDA|Ventas|"
            "Importe|Fatturato|Omzet excl. btw|Выручка|Revenue excl. tax|Weekly_Sales|Invoice Amount|Total|Betrag|"
            "Faturamento|Ingresos|Przychody|Satışlar|Sales ($)|total_price|Net Value|"
            "Betrag in Hauswährung|Imponibile|Umsatz (ohne Soll/Haben-Kz)|Billable amount|売上金額|销售额",
        ),
        ("cogs", "COGS|Total Cost|Cost of Goods Sold (COGS)|CUSTO VENDA|Wareneinsatz|Coût des ventes|Себестоимость"),
        ("profit", "Profit|Gross Profit|Gewinn|Bénéfice|Lucro|Utilidad|Utile|Winst|Прибыль|gross income"),
        ("expenses", "Expenses|Operating expenses|Ausgaben|Dépenses|Despesas|Gastos|Spese|Расходы"),
        (
            "units",
            "QUANTITYORDERED|数量|Order Quantity|"
            "QTD. VENDIDA|Units_Sold|Menge|Qté|Cantidad|Quantità|Aantal|Количество|Sales Qty",
        ),
        ("orders", "Orders|Number of orders|Anzahl Bestellungen|Commandes|Pedidos"),
        ("customers", "Customers|Kunden|Clientes|Klanten"),
        (
            "unit_price",
            "Unit Price|price_per_unit|Stückpreis|Prix unitaire|Preço unitário|Precio|Prijs|Цена|Sales Price",
        ),
        ("unit_cost", "ProductStandardCost|Unit Cost|Cost Price|Einkaufspreis|Custo unitário"),
        ("discount", "Discount %|Rabatt|Remise|Desconto|Descuento|Скидка|Discount Amount"),
        ("tax", "Sales Tax|Tax 5%|MwSt|TVA|IVA|НДС|VAT"),
        ("budget", "Budget|Sales Target|Plan|Presupuesto|Orçamento"),
        ("margin", "Profit Margin|gross margin percentage|Marge|Маржа"),
    ],
)
def test_a_heading_names_its_measure(measure: str, headings: str) -> None:
    assert {heading: understand(heading).measure for heading in headings.split("|")} == dict.fromkeys(
        headings.split("|"), measure
    )


@pytest.mark.parametrize(
    "heading",
    [
        "Sales Person",
        "Cost Center",
        "Units in stock",
        "Shipping Cost",
        "Marketing_Spend",
        "New Customers",
        "Customer_Acquisition",
        "Returns",
        "Total Employees",
        "Revenue growth",
        "Price Index",
    ],
)
def test_a_false_friend_names_no_measure(heading: str) -> None:
    assert understand(heading).measure is None


@pytest.mark.parametrize(
    "heading",
    [
        "Order ID",
        "Customer ID",
        "Nº PEDIDO",
        "Postal Code",
        "Kundennummer",
        "InvoiceNo",
        "Year",
        "Store",
        "PLZ",
        "lat",
        "ORDERNUMBER",
        "Gegenkonto",
        "Sales Document",
        "Buchungskreis",
    ],
)
def test_a_code_is_no_measure(heading: str) -> None:
    assert understand(heading).is_code


@pytest.mark.parametrize(
    "heading",
    [
        "Rating",
        "Temperature",
        "Unit Price",
        "CPI",
        "Age",
        "Discount %",
        "Conversion rate",
        "MRR",
        "Headcount",
        "Kontostand (EUR)",
        "Closing Balance",
        "ADR",
        "AOV",
        "Population",
        "Life expectancy",
        "Cost / conv.",
        "Active subscribers",
        "Cumulative sales",
    ],
)
def test_a_level_is_averaged(heading: str) -> None:
    assert understand(heading).is_averaged


@pytest.mark.parametrize(
    ("heading", "rank"),
    [
        ("Order Date", 3),
        ("DATA PEDIDO", 3),
        ("Rechnungsdatum", 3),
        ("Date", 2),
        ("Datum", 2),
        ("Ship Date", 1),
        ("Sales", 0),
    ],
)
def test_the_date_of_the_booking_ranks_above_dates_of_other_events(heading: str, rank: int) -> None:
    assert understand(heading).date_rank == rank


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Unit Price (€)", "unit_price"),
        ("Выручка, руб.", "vyruchka_rub"),
        ("Größe", "grosse"),
        ("2024", "n_2024"),
        ("", ""),
    ],
)
def test_a_slug_is_ascii(heading: str, name: str) -> None:
    assert slug(heading) == name


def test_headings_tell_their_language() -> None:
    assert is_english(["Date", "Sales"])
    assert not is_english(["Datum", "Umsatz"])

"""Words that people and programs write into a cell when there is no value."""

PLACEHOLDERS = frozenset(
    """
    n/a n.a. n.a na n/d n.d. nd nan none null nil nicht\u00a0verfügbar k.a. k.a entfällt unknown unbekannt
    inconnu desconocido desconhecido sconosciuto onbekend неизвестно error fehler erreur erro errore ошибка
    #n/a #ref! #div/0! #value! #name? #num! #null! #nv #wert! #bezug! #valor! #n/d #н/д - -- --- – — . .. ... ? ?? ???
    (blank) (leer) (vide) (vazio) (vuoto) (leeg) (пусто) (empty) (null) (none) empty missing tbd tba tbc
    k.\u00a0a. n.\u00a0a.
    n.v.t. nvt n.v. s/d s.d. sin\u00a0datos sem\u00a0dados keine\u00a0angabe н/д нет\u00a0данных brak b/d
    (en\u00a0blanco) (brak) (boş) (n/a) #leer! #nom? #nombre? #¡valor! #¡div/0! #¡ref! #¿nombre? #nv! #getal! #число!
    undefined not\u00a0available no\u00a0data (en\u00a0blanco) (em\u00a0branco) not\u00a0applicable * x.x
    : (na) (s) (d) (x) (z)
    """.replace("\n", " ").split(" ")
) - {""}


def is_placeholder(text: str) -> bool:
    """Tell whether a text stands for "there is no value"."""
    return text.strip().lower().replace(" ", "\u00a0") in PLACEHOLDERS

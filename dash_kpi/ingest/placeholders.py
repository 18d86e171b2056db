"""Words that people and programs write into a cell when there is no value."""

PLACEHOLDERS = frozenset(
    """
    n/a n.a. n.a na n/d n.d. nd nan none null nil nicht\u00a0verfügbar k.a. k.a entfällt unknown unbekannt
    inconnu desconocido desconhecido sconosciuto onbekend неизвестно error fehler erreur erro errore ошибка
    #n/a #ref! #div/0! #value! #name? #num! #null! #nv #wert! #bezug! #valor! #n/d #н/д - -- --- – — . .. ... ? ?? ???
    (blank) (leer) (vide) (vazio) (vuoto) (leeg) (пусто) (empty) (null) (none) empty missing tbd tba tbc
    undefined not\u00a0available no\u00a0data (en\u00a0blanco) (em\u00a0branco) not\u00a0applicable * x.x
    """.replace("\n", " ").split(" ")
) - {""}


def is_placeholder(text: str) -> bool:
    """Tell whether a text stands for "there is no value"."""
    return text.strip().lower().replace(" ", "\u00a0") in PLACEHOLDERS

"""The blank value of a dimension: an empty text in what is computed, a word where people read it."""

BLANK = "(blank)"


def value_words(value: str) -> str:
    """Return the value of a dimension as people read it."""
    return value or BLANK


def value_of(words: str) -> str:
    """Return the value of a dimension that `value_words` wrote."""
    return "" if words == BLANK else words

"""The blank value of a dimension: an empty text in what is computed, a word where people read it."""

BLANK = "(blank)"


def value_words(value: str) -> str:
    """Return the value of a dimension as people read it."""
    return value or BLANK

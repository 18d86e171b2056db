"""The colours of charts that carry meaning; each has at least 3:1 against the surfaces of both themes."""

ACCENT = "#3d7edb"
FAINT = "#8590a3"
RESTATED = "#c2701c"
ANOMALY = "#d1495b"
TARGET = "#1a936f"
CHANGE = "#9a63c9"
SMOOTHED = "#b8558f"
SERIES = (ACCENT, RESTATED, TARGET, CHANGE, FAINT)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")  # tell lines apart without colour
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")
PATTERNS = ("", "/", "x", ".", "-")  # tell bars apart without colour


def washed(colour: str, opacity: float) -> str:
    """Return a colour that lets the surface through."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"

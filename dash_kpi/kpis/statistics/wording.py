"""How findings are put into words."""

from dash_kpi.kpis.periods import Grain

PLURAL: dict[Grain, str] = {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters", "year": "years"}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
PER_YEAR: dict[Grain, float] = {"day": 365.25, "week": 365.25 / 7, "month": 12, "quarter": 4, "year": 1}


def counted(number: int, grain: Grain) -> str:
    """Return a number of periods: "1 week", "24 months", "1,096 days"."""
    return f"{number:,} {grain if number == 1 else PLURAL[grain]}"


def spelled(number: int, grain: Grain) -> str:
    """Return a small number of periods as words: "two weeks", "one day"."""
    return f"{NUMBERS[number]} {grain if number == 1 else PLURAL[grain]}" if number <= 12 else counted(number, grain)


def too_little(have: int, needed: int, grain: Grain) -> str:
    """Say that a timeline is too short: "too little history: 5 of 8 weeks"."""
    return f"too little history: {have} of {counted(needed, grain)}"


def chance(p_value: float) -> str:
    """Say how often chance alone would show as much: "fewer than 1 of 1,000 cases", "about 3 of 100 cases"."""
    if p_value < 0.001:
        return "fewer than 1 of 1,000 cases"
    if p_value < 0.0095:
        return f"about {round(p_value * 1000)} of 1,000 cases"
    return f"about {max(round(p_value * 100), 1)} of 100 cases"


def percentage(share: float) -> str:
    """Return a share without its sign at two figures: "1.2 %", "18 %", "0.034 %", "1,250 %"."""
    return f"{_two_figures(abs(share) * 100)} %"


def points(difference: float) -> str:
    """Return a difference of two shares without its sign, in points at two figures: "0.3 points"."""
    return f"{_two_figures(abs(difference) * 100)} points"


def _two_figures(number: float) -> str:
    """Write a number without an exponent; below a millionth it is as good as nothing."""
    if number >= 9.95:
        return f"{number:,.0f}"
    return f"{float(f'{number:.2g}'):.6f}".rstrip("0").rstrip(".")

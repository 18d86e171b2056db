"""A sparkline as the address of a tiny SVG picture: no component of its own, no script."""

from collections.abc import Sequence

from dash_kpi.kpis.evaluate import sequence
from dash_kpi.kpis.statistics.thinning import thinned
from dash_kpi.ui.charts.colours import ACCENT, ANOMALY

WIDTH, HEIGHT, MARGIN = 240, 64, 5  # twice the size it is shown in, so that whole numbers are fine enough
MOST_POINTS = 60


def sparkline(values: Sequence[float | None], limits: Sequence[float] = ()) -> str | None:
    """Draw the values as a line, with a gap where one is missing; None where there is no line to draw.

    A limit that is further away than the values are apart is not drawn: it would press them flat.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    near = [limit for limit in limits if low - (high - low) <= limit <= high + (high - low)]
    low, high = min(low, *near, low), max(high, *near, high)
    step = WIDTH / (len(values) - 1)
    scale = (HEIGHT - 2 * MARGIN) / (high - low) if high > low else 0
    parts, pen = [], "M"
    for position in thinned(sequence(values), MOST_POINTS).tolist():
        if (value := values[position]) is None:
            pen = "M"
            continue
        parts.append(f"{pen}{position * step:.0f} {HEIGHT - MARGIN - (value - low) * scale:.0f}")
        pen = "L"
    levels = "".join(f"M0 {HEIGHT - MARGIN - (limit - low) * scale:.0f}H{WIDTH}" for limit in near)
    return _picture("".join(parts), levels)


def _picture(path: str, levels: str) -> str:
    dotted = (
        f"<path d='{levels}' fill='none' stroke='{ANOMALY}' stroke-width='1' stroke-dasharray='2 2' "
        "vector-effect='non-scaling-stroke'/>"
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
        f"<path d='{path}' fill='none' stroke='{ACCENT}' stroke-width='1.5' "
        f"stroke-linejoin='round' vector-effect='non-scaling-stroke'/>{dotted if levels else ''}</svg>"
    )
    return "data:image/svg+xml," + svg.replace("#", "%23")

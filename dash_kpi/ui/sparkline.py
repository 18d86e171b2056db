"""A sparkline as the address of a tiny SVG picture: no component of its own, no script."""

from collections.abc import Sequence

from dash_kpi.ui.charts.colours import ACCENT

WIDTH, HEIGHT, MARGIN = 240, 64, 5  # twice the size it is shown in, so that whole numbers are fine enough
MOST_POINTS = 60


def sparkline(values: Sequence[float | None]) -> str | None:
    """Draw the values as a line, with a gap where one is missing; None where there is no line to draw."""
    thinned = _thinned(values)
    known = [value for value in thinned if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    step = WIDTH / (len(thinned) - 1)
    scale = (HEIGHT - 2 * MARGIN) / (high - low) if high > low else 0
    heights = [None if value is None else HEIGHT - MARGIN - (value - low) * scale for value in thinned]
    return _picture("".join(_steps(heights, step)))


def _steps(heights: Sequence[float | None], step: float) -> list[str]:
    parts, pen = [], "M"
    for position, height in enumerate(heights):
        if height is None:
            pen = "M"
            continue
        parts.append(f"{pen}{position * step:.0f} {height:.0f}")
        pen = "L"
    return parts


def _thinned(values: Sequence[float | None]) -> Sequence[float | None]:
    stride = -(-len(values) // MOST_POINTS) or 1
    return values[::-1][::stride][::-1]  # the newest always stays


def _picture(path: str) -> str:
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
        f"<path d='{path}' fill='none' stroke='{ACCENT}' stroke-width='1.5' "
        "stroke-linejoin='round' vector-effect='non-scaling-stroke'/></svg>"
    )
    return "data:image/svg+xml," + svg.replace("#", "%23")

"""A sparkline in text: one block for each value, a space where there is none."""

import math
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
MOST = 24  # blocks that stand on one line of a phone


def sparkline(values: Sequence[float | None], most: int = MOST) -> str:
    """Return the newest values as blocks from the lowest to the highest; what never moves is drawn in the middle."""
    shown = [one if one is not None and math.isfinite(one) else None for one in values[-most:]]
    known = [one for one in shown if one is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    # Halves, for the difference of two large numbers is no float.
    room = high / 2 - low / 2
    return "".join(" " if one is None else _block(one, low, room) for one in shown)


def _block(value: float, low: float, room: float) -> str:
    if room <= 0:
        return BLOCKS[len(BLOCKS) // 2 - 1]
    return BLOCKS[min(len(BLOCKS) - 1, int((value / 2 - low / 2) / room * len(BLOCKS)))]

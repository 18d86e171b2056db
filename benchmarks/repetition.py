"""Repetition: everything in turn, several times, so that what disturbs one disturbs the others."""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that an act takes."""
    gc.collect()
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def medians(acts: Mapping[str, Callable[[], object]], times: int, discarded: int = 1) -> dict[str, float]:
    """Return the median seconds of each act, all in turn; the first rounds are not counted."""
    rounds = [{name: timed(act) for name, act in acts.items()} for _ in range(times + discarded)][discarded:]
    return {name: median(each[name] for each in rounds) for name in acts}

"""Waiting for something that happens soon, in another thread or process."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(look: Callable[[], Found], seconds: float = 20.0, what: str = "") -> Found:
    """Return what `look` finds as soon as it is true; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"Waited {seconds} s in vain for {what or look}.")
        time.sleep(0.02)
    return found

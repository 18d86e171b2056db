"""A bounded memory of what was computed from a revision."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

Answer = TypeVar("Answer")


class Answers:
    """Remembers the most recently used answers; a key must hold everything the answer depends on."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Answer]) -> Answer:
        """Return the answer kept under the key, computing it when it is not there.

        Two threads may compute the same answer at the same time: that costs less than a lock that
        one slow query holds against all others.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(Answer, self._kept[key])
        answer = compute()
        with self._lock:
            self._kept[key] = answer
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return answer

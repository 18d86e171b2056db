"""The exceptions of Dash KPI.

DashKpiError
├── SettingError       a setting has a value that cannot work
├── Refused            something a person gave cannot be accepted; the message is a sentence for them
│   ├── NotFound       a name that does not exist, with a suggestion where one is near
│   ├── Held           a new version of a file breaks its contract, and waits for a person
│   └── Protected      a file that needs a password
└── Conflict           somebody else changed or is changing the same thing
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Self


class DashKpiError(Exception):
    """The base of every exception that Dash KPI raises on purpose."""


class SettingError(DashKpiError):
    """A setting has a value that cannot work."""


class Refused(DashKpiError):
    """Something a person gave cannot be accepted; the message is one clear sentence."""


class Protected(Refused):
    """A file is protected with a password; `can_be_opened` tells whether Dash KPI could open it with the right one."""

    def __init__(self, sentence: str, *, can_be_opened: bool) -> None:
        super().__init__(sentence)
        self.can_be_opened = can_be_opened


class Conflict(DashKpiError):
    """Somebody else changed, or is changing, the same thing."""


class Held(Refused):
    """A new version of a file is kept, but not counted until a person decides."""


class NotFound(Refused):
    """Say that no `kind` has this name, and which one was probably meant."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = ()) -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=1, cutoff=0.6)
        hint = f"; did you mean '{near[0]}'?" if near else f"; there is: {', '.join(names)}." if names else "."
        super().__init__(f"No {kind} named '{name}'{hint}")

    @classmethod
    def saying(cls, sentence: str) -> Self:
        """Return the failure in other words, for what has no name."""
        return cls.__new__(cls, sentence)

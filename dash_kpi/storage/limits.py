"""The limits that a new version of a source must keep to be counted at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dash_kpi.errors import Refused
from dash_kpi.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """What is held: too many rows refused, too few left, both in percent; nothing where `is_kept` is false."""

    is_kept: bool = True
    refused_percent: float = 20
    fewer_rows_percent: float = 90


def limits_of(settings: Settings, contract: Mapping[str, Any] | None) -> Limits:
    """Return the limits of a source: its own, or those of the settings."""
    if contract:
        return Limits(**contract)
    return Limits(True, settings.hold_refused_percent, settings.hold_fewer_rows_percent)


def contract_of(limits: Limits) -> dict[str, Any]:
    """Return limits as a source keeps them. Raises Refused for those that no file could keep or break."""
    for words, value in (("refused", limits.refused_percent), ("fewer", limits.fewer_rows_percent)):
        if not 1 <= value <= 100:
            raise Refused(f"The limit of rows {words} is {value:g} %; it must be between 1 and 100.")
    return asdict(limits)

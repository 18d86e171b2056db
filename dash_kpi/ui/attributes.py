"""Attributes of components whose names Python cannot write: `data-…` and `aria-…`."""

from typing import Any


def attributes(**given: str) -> dict[str, Any]:
    """Name attributes as the browser does: `data_kpi` becomes `data-kpi`."""
    return {name.replace("_", "-"): value for name, value in given.items()}

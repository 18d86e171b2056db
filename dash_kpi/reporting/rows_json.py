"""The rows behind a number as programs read them."""

from typing import Any

from dash_kpi.reporting.values import RowsBehind


def as_json(behind: RowsBehind) -> dict[str, Any]:
    """Return the rows as `dash-kpi rows --json` and the API give them; what does not exist is None."""
    names = [one.name for one in behind.inputs]
    return {
        "workspace": behind.workspace,
        "revision": behind.revision,
        "kpi": {"name": behind.kpi, "label": behind.label, "unit": behind.unit},
        "from": behind.span.start,
        "to": behind.span.end,
        "value": behind.value,
        "reason": behind.reason,
        "foot": {
            "rows": behind.total,
            "value": behind.foot,
            "inputs": [
                {"name": one.name, "aggregation": one.aggregation, "value": one.value, "count": one.count}
                for one in behind.inputs
            ],
        },
        "notes": list(behind.notes),
        "page": behind.page,
        "pages": behind.pages,
        "rows": [
            {
                "file": row.file,
                "sheet": row.sheet,
                "row": row.row,
                "cells": {name: cell for name, cell in zip(names, row.cells, strict=True) if cell},
                "date": row.day,
                "dimensions": dict(zip(behind.dimensions, row.dimensions, strict=True)),
                "measures": dict(zip(names, row.measures, strict=True)),
            }
            for row in behind.rows
        ],
    }

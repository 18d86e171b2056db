"""What a page teaches while there is no data."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon
from dash_kpi.ui.sources import folder


def teach(folders: Sequence[str] = ()) -> Any:
    """Explain the two ways in: a file in a watched folder, or an upload."""
    return html.Div(
        [
            icon("sheet"),
            html.H2("No numbers yet"),
            html.P(
                "Put an Excel workbook or a CSV file with a date column and at least one column of numbers into a "
                "watched folder, or upload it here. Every save is read again, and this page follows by itself."
            ),
            html.Ul([folder(path) for path in folders], className="folders"),
            html.Div(choose("Upload files"), className="actions"),
        ],
        className="surface empty-state",
        **attributes(data_drop=""),
    )


def choose(text: str) -> Any:
    """Offer to choose files; `assets/app.js` opens the system's dialog and uploads them."""
    return button([icon("upload"), text], className="primary", **attributes(data_choose=""))

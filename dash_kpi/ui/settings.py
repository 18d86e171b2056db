"""The pages of the settings, and the way from one to the other."""

from typing import Any

from dash import html

from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.links import link

SETTINGS = (
    ("KPIs", "/settings/kpis"),
    ("Channels", "/settings/channels"),
    ("Messages", "/settings/messages"),
    ("Digests", "/settings/digests"),
)


def sections(current: str) -> Any:
    """Link the pages of the settings, of which `current` is the address of the one at hand."""
    items = [
        html.Li(link(name, path, **(attributes(aria_current="page") if path == current else {})))
        for name, path in SETTINGS
    ]
    return html.Nav(html.Ul(items), className="sections", **attributes(aria_label="Settings"))

"""Icons: masks in `assets/app.css`, one class each, coloured by the text around them."""

from typing import Any

from dash import html

from dash_kpi.ui.attributes import attributes


def icon(name: str) -> Any:
    """Show an icon that says nothing a word beside it does not say."""
    return html.Span(className=f"icon icon-{name}", **attributes(aria_hidden="true"))


def unseen(text: str) -> Any:
    """Say something to a screen reader only."""
    return html.Span(text, className="visually-hidden")

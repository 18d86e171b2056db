"""Buttons that `assets/app.js` handles: no callback listens to them."""

from typing import Any

from dash import html


def button(content: Any = None, **properties: Any) -> Any:
    """Make a button; its id or its `data-…` attribute says what the browser's script does."""
    return html.Button(content, type="button", disable_n_clicks=True, **properties)

"""What stands where a page has nothing to show: why, and what to do."""

from typing import Any

from dash import html

from dash_kpi.ui.icons import icon


def placeholder(picture: str, title: str, words: str, *actions: Any) -> Any:
    """Say in one sentence why nothing is here, and offer the next step."""
    content = [icon(picture), html.H2(title), html.P(words), html.Div(list(actions), className="actions")]
    return html.Div(content if actions else content[:-1], className="surface empty-state")


def awaited(id: str) -> Any:  # noqa: A002  Dash's name
    """Hold the place of what an answer brings, in the shape of lines until it is there."""
    return html.Div(id=id, className="awaited")

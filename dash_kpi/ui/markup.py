"""Markup: parts of a page that nothing but the browser's script handles travel as HTML, not as components.

Dash's renderer asks every component on the page after every change of state; hundreds of spans that no
callback ever names would cost more than everything else together.
"""

from typing import Any

from dash.development.base_component import Component
from markupsafe import Markup, escape

NAMESPACE = "dash_html_components"
VOID = frozenset({"br", "hr", "img", "input"})
RENAMED = {"className": "class", "htmlFor": "for", "dateTime": "datetime", "colSpan": "colspan", "tabIndex": "tabindex"}
PASSED_OVER = frozenset({"children", "key", "disable_n_clicks"})


def markup(content: Any) -> str:
    """Return components of `dash.html`, texts and lists of them as HTML; every text in it is escaped.

    Raises TypeError for any other component: it needs Dash to live.
    """
    if content is None:
        return ""
    if isinstance(content, list | tuple):
        return "".join(markup(item) for item in content)
    if not isinstance(content, Component):
        return str(escape(content))
    described = content.to_plotly_json()  # type: ignore[no-untyped-call]
    if described["namespace"] != NAMESPACE:
        raise TypeError(f"{described['type']} cannot be markup: it is more than HTML")
    tag, properties = described["type"].lower(), described["props"]
    opening = Markup("<{}{}>").format(Markup(tag), _attributes(properties))  # noqa: S704  the tag is Dash's own
    if tag in VOID:
        return str(opening)
    return f"{opening}{markup(properties.get('children'))}</{tag}>"


def _attributes(properties: dict[str, Any]) -> Markup:
    found = Markup()
    for name, value in sorted(properties.items()):
        if name in PASSED_OVER or value is None or value is False:
            continue
        written = Markup(RENAMED.get(name, name))  # noqa: S704  the names are Dash's own, and ours
        found += Markup(" {}").format(written) if value is True else Markup(' {}="{}"').format(written, value)
    return found

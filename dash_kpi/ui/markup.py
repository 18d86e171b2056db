"""Markup: parts of a page that nothing but the browser's script handles travel as HTML, not as components.

Dash's renderer asks every component on the page after every change of state; hundreds of spans that no
callback ever names would cost more than everything else together.
"""

from operator import itemgetter
from typing import Any

from dash.development.base_component import Component
from markupsafe import escape

NAMESPACE = "dash_html_components"
VOID = frozenset({"br", "hr", "img", "input"})
RENAMED = {"className": "class", "htmlFor": "for", "dateTime": "datetime", "colSpan": "colspan", "tabIndex": "tabindex"}
PASSED_OVER = frozenset(
    {"children", "key", "disable_n_clicks", "available_properties", "available_wildcard_properties"}
)  # the last two are what Dash notes on a component, not what the component was given


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
    if content._namespace != NAMESPACE:
        raise TypeError(f"{content._type} cannot be markup: it is more than HTML")
    tag, properties = content._type.lower(), vars(content)
    opening = f"<{tag}{_attributes(properties)}>"
    return opening if tag in VOID else f"{opening}{markup(properties.get('children'))}</{tag}>"


def _attributes(properties: dict[str, Any]) -> str:
    """Write attributes, whose names are Dash's own and ours, and whose values may be anybody's."""
    return "".join(
        f" {RENAMED.get(name, name)}" if value is True else f' {RENAMED.get(name, name)}="{escape(value)}"'
        for name, value in sorted(properties.items(), key=itemgetter(0))
        if name not in PASSED_OVER and name[0] != "_" and value is not None and value is not False
    )

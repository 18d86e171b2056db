"""The page of channels as the browser takes it: its parts as markup, and what is edited."""

from typing import Any

from dash_kpi.alerting.channels.page import ROUTE, ChannelsPage
from dash_kpi.ui.alerting import channel_form, channels, routes
from dash_kpi.ui.head import crumbs
from dash_kpi.ui.links import link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import placeholder


def rendered(page: ChannelsPage) -> dict[str, Any]:
    """Return the parts of the page, and what is edited."""
    back = crumbs(("Channels", channels.address(page.view)))
    if page.problem:
        to_list = link("Go to Channels", channels.address(page.view), "primary")
        return _answer(back, "Not here", None, placeholder("info", "Not here", page.problem, to_list), None, None)
    if page.route:
        title = f"Route {page.route.name}" if page.route.id else "New route"
        edited = {"kind": ROUTE, "number": page.route.id or None, "version": page.route.version}
        return _answer(back, title, None, None, None, routes.form(page, page.route)) | {"edited": edited}
    if page.kind:
        row = page.edited
        edited = {"kind": page.kind.name, "number": row.id if row else None, "version": row.version if row else ""}
        form = channel_form.form(page, page.kind)
        return _answer(back, channel_form.title(page), None, None, None, form) | {"edited": edited}
    if page.is_choosing:
        return _answer(back, channel_form.title(page), None, channels.kind_cards(page), None, None)
    return _answer(None, "Channels", channels.head(page), channels.contents(page), routes.listed(page), None)


def _answer(back: Any, title: str, head: Any, listed: Any, routed: Any, form: Any) -> dict[str, Any]:
    contents = {
        "channels-crumbs": back,
        "channels-title": title,
        "channels-head": head,
        "channels-list": listed,
        "channels-routes": routed,
        "channels-form": form,
    }
    return {"parts": {name: markup(part) for name, part in contents.items()}, "options": {}, "edited": None}

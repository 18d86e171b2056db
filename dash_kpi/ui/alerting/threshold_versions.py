"""The versions of a threshold: who changed what, when, and the way back."""

from typing import Any

from dash import html

from dash_kpi.alerting.thresholds.values import History, Worded
from dash_kpi.reporting.annotations import SOMEBODY
from dash_kpi.reporting.view import View
from dash_kpi.ui.alerting.threshold_list import address, ago
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import unseen
from dash_kpi.ui.links import link


def contents(history: History, view: View) -> list[Any]:
    """List the versions, the newest first, each with what it says."""
    items = [_version(one, history) for one in history.versions]
    edit = link("Edit", address(view, edit=str(history.number)), "quiet bordered")
    gone = html.P("It was removed; restore a version to bring it back.", className="muted")
    head = html.Div([html.P(history.sentence), gone if history.is_removed else edit], className="section-head")
    return [html.Section([head, html.Ol(items, className="versions")], className="surface panel")]


def _version(one: Worded, history: History) -> Any:
    version = one.version
    who = "Somebody" if version.created_by == SOMEBODY else version.created_by
    mark = html.Span("in force", className="tag") if version.is_in_force else None
    summary = f"{version.summary[:1].upper()}{version.summary[1:]}"
    parts: list[Any] = [
        html.Div([html.Strong(f"Version {version.number}"), mark], className="version-name"),
        html.Span([f"{who}, ", ago(version.created_at)], className="sub"),
        html.P(summary),
    ]
    if one.words:
        parts.append(html.P(one.words, className="muted small"))
    if version.rule and not version.is_in_force:
        data = attributes(
            data_threshold_act="restore",
            data_number=str(history.number),
            data_version=str(history.newest),
            data_wanted=str(version.number),
        )
        parts.append(button(["Restore", unseen(f" version {version.number}")], className="quiet bordered", **data))
    return html.Li(parts, **attributes(data_version_row=str(version.number)))

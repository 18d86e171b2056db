"""What the page of channels shows for its address: the list with the routes, a choice of kinds, or one form."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from dash_kpi.alerting.channels.shown import ChannelRow
from dash_kpi.alerting.channels.store import channels
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.channels.transport import Field, OnUnknown
from dash_kpi.alerting.telling.route_given import Route
from dash_kpi.alerting.telling.routes import routes, without_route
from dash_kpi.reporting.view import View, fields_of
from dash_kpi.storage.database import Database

ROUTE = "route"  # in the address, where others name a kind of channel


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel that can be added."""

    name: str
    label: str
    fields: tuple[Field, ...]
    on_unknown: OnUnknown


@dataclass(frozen=True, slots=True)
class ChannelsPage:
    """Everything that the page shows; of `kind`, `edited`, `route` and `is_choosing` at most one is there."""

    view: View
    zone: tzinfo
    rows: tuple[ChannelRow, ...]
    routes: tuple[Route, ...]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    unrouted: tuple[str, ...] = ()  # severities of which some alerts go nowhere
    is_choosing: bool = False
    kind: Kind | None = None  # of a new channel, or of the edited one
    edited: ChannelRow | None = None
    route: Route | None = None  # in its form; with the number 0 it is new
    problem: str = ""


def kinds() -> dict[str, Kind]:
    """Return the kinds of channels that there are."""
    return {name: Kind(name, one.LABEL, one.FIELDS, one.ON_UNKNOWN) for name, one in TRANSPORTS.items()}


def channels_page(database: Database, workspace: str, query: str) -> ChannelsPage:
    """Return what a URL's query asks: `new=1`, `new=KIND`, `new=route`, `edit=NUMBER`, `edit=route-NUMBER`."""
    given = fields_of(query)
    new, edit = (given.get(name, [""])[-1] for name in ("new", "edit"))
    rows, found, known = channels(database, workspace), routes(database, workspace), kinds()
    page = ChannelsPage(
        View.from_query(query), database.settings.zone, rows, found, known, unrouted=without_route(found)
    )
    if edit:
        return _edited(page, edit)
    if new == ROUTE:
        return replace(page, route=Route("", ()))
    if new in known:
        return replace(page, kind=known[new])
    return replace(page, is_choosing=bool(new))


def _edited(page: ChannelsPage, edit: str) -> ChannelsPage:
    if edit.startswith(f"{ROUTE}-"):
        route = next((one for one in page.routes if edit == f"{ROUTE}-{one.id}"), None)
        return replace(page, route=route) if route else replace(page, problem="This route is not there any more.")
    row = next((one for one in page.rows if str(one.id) == edit), None)
    if row is None:
        return replace(page, problem="This channel is not there any more.")
    if row.kind not in page.kinds:
        return replace(page, problem=row.problem)
    return replace(page, edited=row, kind=page.kinds[row.kind])

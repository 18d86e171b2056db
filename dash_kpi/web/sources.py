"""The sources for programs: the quality report as JSON, and as an Excel file to mend."""

from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import quote

import orjson
from flask import Blueprint, Response, request

from dash_kpi.ingest.mending import marked_file
from dash_kpi.reporting.quality import REASONS, quality, refused_cells
from dash_kpi.web.context import database, workspace
from dash_kpi.web.tables import XLSX

sources = Blueprint("sources", __name__, url_prefix="/api/v1/sources")


@sources.get("/<int:source>/quality")
def report(source: int) -> Response:
    """Return the report and one page of the refused cells; `reason` and `page` choose which."""
    found = quality(database(), workspace(), source, datetime.now(UTC))
    page = refused_cells(
        database(), workspace(), source, request.args.get("reason"), request.args.get("page", 0, type=int)
    )
    answer = asdict(found) | {"reasons": dict(found.reasons), "cells": asdict(page)}
    return Response(orjson.dumps(answer), mimetype="application/json")


@sources.get("/<int:source>/quality.xlsx")
def workbook(source: int) -> Response:
    """Return the file of the source with its refused cells marked."""
    file = marked_file(database(), workspace(), source, REASONS)
    disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(file.content, mimetype=XLSX, headers=headers)

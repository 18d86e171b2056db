"""The API: the same questions and names as the command line has, over HTTP, as JSON.

What is asked wrongly is refused with a sentence: a program must not get numbers that it did not ask for.
"""

from dataclasses import asdict
from datetime import date
from typing import Any, get_args

import orjson
from flask import Blueprint, Response, request, send_file

from dash_kpi.errors import Refused
from dash_kpi.kpis.periods import GRAINS, Comparison
from dash_kpi.reporting.data import revisions
from dash_kpi.reporting.differences import as_json as as_json_of_differences
from dash_kpi.reporting.differences import differences
from dash_kpi.reporting.points import Question, points
from dash_kpi.reporting.rows import PAGE_ROWS, RowsQuestion, row_table, rows_behind
from dash_kpi.reporting.rows_json import as_json
from dash_kpi.reporting.view import YEARS, Filters, parse_filters
from dash_kpi.storage.originals import original_of
from dash_kpi.web import tables
from dash_kpi.web.context import database, workspace

MOST_ROWS = 10_000  # in one answer of JSON; the export has all
MOST_REVISIONS = 1_000

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/kpis")
def get_kpis() -> Response:
    """Return KPIs, over all of the data or by period."""
    question = Question(
        kpis=tuple(request.args.getlist("kpi")),
        start=day("from"),
        end=day("to"),
        by=one_of("by", ("total", *GRAINS), "total"),
        filters=where(),
        compare=one_of("compare", get_args(Comparison), "none"),
        as_of=number("as_of"),
    )
    return answer(points(database(), workspace(), question))


@api.get("/rows")
def get_rows() -> Response:
    """Return a page of the rows behind a number."""
    size = number("limit", PAGE_ROWS, least=1, most=MOST_ROWS)
    return answer(as_json(rows_behind(database(), workspace(), rows_question(), number("page", 1, least=1), size)))


@api.get("/rows.csv")
def get_rows_csv() -> Response:
    """Return every row behind a number as a CSV file."""
    question = rows_question()
    return tables.csv_answer(*row_table(database(), workspace(), question), name=f"{_name(question)}.csv")


@api.get("/rows.xlsx")
def get_rows_xlsx() -> Response:
    """Return every row behind a number as a workbook."""
    question = rows_question()
    from dash_kpi.web.workbooks import xlsx_answer  # large, and few ask for workbooks

    return xlsx_answer(*row_table(database(), workspace(), question), name=f"{_name(question)}.xlsx")


@api.get("/revisions")
def get_revisions() -> Response:
    """Return the newest revisions, page by page where asked."""
    most = number("limit", MOST_REVISIONS, least=1, most=MOST_REVISIONS)
    found = revisions(database(), workspace(), most, (number("page", 1, least=1) - 1) * most)
    return answer({"workspace": workspace(), "revisions": [asdict(row) for row in found]})


@api.get("/diff")
def get_diff() -> Response:
    """Return what differs between two revisions."""
    before, after = number("from"), number("to")
    if before is None or after is None:
        raise Refused("Two revisions are needed, written like from=3&to=5.")
    return answer(
        as_json_of_differences(differences(database(), workspace(), before, after), database().settings.calendar)
    )


@api.get("/originals/<int:number>")
def get_original(number: int) -> Response:
    """Return the file that made a revision, as it was read."""
    path, name = original_of(database(), workspace(), number)
    return send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=name)


def rows_question() -> RowsQuestion:
    """Return what a request asks about rows."""
    return RowsQuestion(request.args.get("kpi"), day("from"), day("to"), where(), number("as_of"))


def answer(value: Any) -> Response:
    """Return a value as JSON; NaN does not exist in it."""
    return Response(orjson.dumps(value), mimetype="application/json")


def day(name: str) -> date | None:
    """Return a day of the query. Raises Refused."""
    text = request.args.get(name)
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{name} = '{text[:80]}' is no day; write it like 2025-01-31.") from None
    if found.year not in YEARS:
        raise Refused(f"{name} = {found} is not between the years {YEARS.start} and {YEARS.stop - 1}.")
    return found


def number(name: str, default: Any = None, least: int = 0, most: int = 10**9) -> Any:
    """Return a whole number of the query. Raises Refused."""
    text = request.args.get(name)
    if not text:
        return default
    if not text.isdecimal() or len(text) > 10 or not least <= int(text) <= most:
        raise Refused(f"{name} = '{text[:80]}' is no whole number from {least:,} to {most:,}.")
    return int(text)


def one_of(name: str, known: tuple[Any, ...], default: str) -> Any:
    """Return a word of the query. Raises Refused."""
    text = request.args.get(name) or default
    if text not in known:
        raise Refused(f"{name} = '{text[:80]}' is none of {', '.join(known)}.")
    return text


def where() -> Filters:
    """Return the filters of the query. Raises Refused."""
    texts = request.args.getlist("where")
    for text in texts:
        if text.find("=") < 1:
            raise Refused(f"where = '{text[:80]}' is not written like Region=North.")
    return parse_filters(texts)


def _name(question: RowsQuestion) -> str:
    return "-".join(str(part) for part in ("rows", question.kpi, question.start, question.end) if part)

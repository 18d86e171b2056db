"""Tables as CSV files to download, in which no text becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from flask import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a formula
LINES_AT_ONCE = 2_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # the type of a workbook

Row = Sequence[Any]


def csv_answer(heads: Sequence[str], rows: Iterable[Row], name: str) -> Response:
    """Return a table as CSV, sent while it is read."""
    answer = Response(_csv(chain([heads], rows)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def csv_text(heads: Sequence[str], rows: Iterable[Row]) -> str:
    """Return a table as the text of a CSV file."""
    return "".join(_csv(chain([heads], rows)))


def _csv(rows: Iterator[Row]) -> Iterator[str]:
    yield "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine
    while some := list(islice(rows, LINES_AT_ONCE)):
        text = io.StringIO()
        csv.writer(text).writerows([_defused(value) for value in row] for row in some)
        yield text.getvalue()


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value

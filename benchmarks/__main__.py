"""`python -m benchmarks`, `python -m benchmarks browser`."""

import importlib
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click
import orjson

from benchmarks import table
from benchmarks.table import Comparison, Meeting

NAMES = (
    "reading",
    "series",
    "overview",
    "changes",
    "answers",
    "poll",
    "follow",
    "forecast",
    "ahead",
    "alerting",
    "delivery",
)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that both have."""
    command = click.option("--quick", is_flag=True, help="Small sizes, few repetitions: to see that it runs.")(command)
    return click.option(
        "--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write a JSON file too."
    )(command)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@options
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Only this; may be repeated.")
@click.pass_context
def benchmarks(context: click.Context, quick: bool, file: Path | None, only: tuple[str, ...]) -> None:
    """Measure reading, filtered series, overview, poll and follow beside what else could do them."""
    if context.invoked_subcommand:
        return
    found: list[Comparison] = []
    before = table.disturbance()
    for name in only or NAMES:
        found += importlib.import_module(f"benchmarks.{name}").rows(quick)
    report(table.COMPARISON_HEADS, found, before, file)


@benchmarks.command()
@options
@click.option("--only", multiple=True, type=click.Choice(table.SUBJECTS), help="Only this; may be repeated.")
def browser(quick: bool, file: Path | None, only: tuple[str, ...]) -> None:
    """Measure the page in a browser, beside Streamlit and Vizro."""
    before = table.disturbance()
    found = importlib.import_module("benchmarks.browser").rows(quick, only)
    report(table.MEETING_HEADS, found, before, file)


def report(heads: Sequence[str], rows: Sequence[Comparison | Meeting], before: str, file: Path | None) -> None:
    """Print the table, and write it for programs where that is wanted."""
    machine = table.machine()
    share = f"a busy thread got {before} of a core before the run, {table.disturbance()} after it"
    click.echo(f"{machine}; {share}\n\n{table.markdown(heads, [row.cells() for row in rows])}")
    if file:
        kept: dict[str, Any] = {"machine": machine, "share": share, "rows": [row.as_json() for row in rows]}
        file.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))


def stop(_number: int, _frame: FrameType | None) -> None:
    """End as with Ctrl-C: every block ends what it started."""
    sys.exit(130)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    logging.disable(logging.INFO)
    benchmarks(prog_name="python -m benchmarks")

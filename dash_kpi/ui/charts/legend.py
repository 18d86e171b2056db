"""Legends as HTML below or above a figure: readable, selectable, and no room taken from the figure."""

from collections.abc import Iterable
from dataclasses import dataclass

from dash import html


@dataclass(frozen=True, slots=True)
class Key:
    """One entry: a name, and the class that `assets/charts.css` draws a sample for."""

    label: str
    style: str


def legend(keys: Iterable[Key]) -> html.P:
    """Return the entries of a legend, each with a sample of how it is drawn."""
    return html.P([html.Span(key.label, className=f"key chart-{key.style}") for key in keys], className="chart-keys")

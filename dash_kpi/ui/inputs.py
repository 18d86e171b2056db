"""Inputs in markup: `dash.html` has none, and those of `dcc` need Dash to live."""

from typing import Any

from dash.development.base_component import Component


class Input(Component):
    """An input that the browser's script handles; it is written by `markup` and never sent as a component."""

    _namespace = "dash_html_components"
    _type = "Input"
    _base_nodes: list[str] = []  # noqa: RUF012  the base declares them so
    _children_props: list[str] = []  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = ["data-", "aria-"]  # noqa: RUF012

    def __init__(self, **properties: Any) -> None:
        self._prop_names = list(properties)
        self.available_properties = list(properties)
        self.available_wildcard_properties = ["data-", "aria-"]
        super().__init__(**properties)  # type: ignore[no-untyped-call]

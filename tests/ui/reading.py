"""Read components as a person or a browser does: their text, and parts by class or attribute."""

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts(content: Any) -> Iterator[Any]:
    """Walk over a component and everything inside it."""
    if isinstance(content, list | tuple):
        for item in content:
            yield from parts(item)
    elif content is not None:
        yield content
        if isinstance(content, Component):
            yield from parts(getattr(content, "children", None))


def text(content: Any) -> str:
    """Return the text inside, no-break spaces as spaces."""
    words = [str(part) for part in parts(content) if not isinstance(part, Component)]
    return " ".join(" ".join(words).replace("\u00a0", " ").split())


def with_class(content: Any, name: str) -> list[Any]:
    """Return the parts that have a class."""
    return [part for part in parts(content) if name in (getattr(part, "className", None) or "").split()]


def with_attribute(content: Any, name: str) -> list[Any]:
    """Return the parts that have an attribute such as `data-kpi`."""
    return [part for part in parts(content) if hasattr(part, name)]

"""The language of templates: text with {placeholders} and [optional parts], and nothing that could run.

An optional part is left out where one of its placeholders is empty: "{kpi}[ of {segment}]". Two braces or brackets
stand for one.
"""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dash_kpi.errors import Refused

MOST_LENGTH, DEEPEST = 1000, 3
TOKENS = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{[^{}\[\]]*\}|[\[\]{}]|[^\[\]{}]+")
EMPTY = "\x00"  # stands where a placeholder has no value, until what it leaves behind is taken away
DANGLING = re.compile(rf"\s*{EMPTY}(?:\s*(?=[,;:.!?]))?")
TWICE = re.compile(r"([,;:])(?:\s*[,;:])+")


class TemplateRefused(Refused):
    """A template cannot be understood; `start` is the place of the mistake."""

    def __init__(self, sentence: str, start: int = 0) -> None:
        super().__init__(sentence)
        self.start = start


@dataclass(frozen=True, slots=True)
class Named:
    """A placeholder."""

    name: str


@dataclass(frozen=True, slots=True)
class Optional:
    """A part that is left out where a placeholder in it is empty."""

    parts: "Parts"


Part = str | Named | Optional
Parts = tuple[Part, ...]


def parse(text: str, known: Collection[str]) -> Parts:
    """Return the parts of a template. Raises TemplateRefused for a mistake, with what may have been meant."""
    if len(text) > MOST_LENGTH:
        raise TemplateRefused(f"The wording has {len(text):,} characters; {MOST_LENGTH:,} are the most.")
    if not text.strip():
        raise TemplateRefused("The wording is empty.")
    open_parts: list[list[Part]] = [[]]
    begins: list[int] = []
    for match in TOKENS.finditer(text):
        piece, at = match.group(), match.start()
        if piece == "[":
            if len(begins) == DEEPEST:
                raise TemplateRefused(f"Optional parts may stand in each other {DEEPEST} times, not more.", at)
            open_parts.append([])
            begins.append(at)
        elif piece == "]":
            if not begins:
                raise TemplateRefused("There is a ']' without its '['; write ']]' for a bracket.", at)
            begins.pop()
            inner = tuple(open_parts.pop())
            open_parts[-1].append(Optional(inner))
        else:
            open_parts[-1].append(_plain(piece, at, known))
    if begins:
        raise TemplateRefused("There is a '[' without its ']'; write '[[' for a bracket.", begins[-1])
    return tuple(open_parts[0])


def render(parts: Parts, values: Mapping[str, str]) -> str:
    """Return a template with its values, one line of text; a placeholder without a value is empty."""
    text = _rendered(parts, values)
    if EMPTY in text:
        text = TWICE.sub(r"\1", DANGLING.sub("", text)).strip(" ,;:")
    return " ".join(text.split())


def _plain(piece: str, at: int, known: Collection[str]) -> Part:
    if piece in ("{{", "}}", "[[", "]]"):
        return piece[0]
    if piece in ("{", "}"):
        raise TemplateRefused(f"There is a '{piece}' by itself; write '{piece * 2}' for a brace.", at)
    if not piece.startswith("{"):
        return piece
    name = piece[1:-1].strip()
    if name in known:
        return Named(name)
    near = difflib.get_close_matches(name.lower(), known, 1)
    hint = f"did you mean {{{near[0]}}}?" if near else f"there are: {', '.join(f'{{{one}}}' for one in sorted(known))}."
    raise TemplateRefused(f"There is no {{{name[:60]}}}; {hint}", at)


def _rendered(parts: Parts, values: Mapping[str, str]) -> str:
    return "".join(_part(one, values) for one in parts)


def _part(part: Part, values: Mapping[str, str]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Named):
        return values.get(part.name, "").replace(EMPTY, " ") or EMPTY
    return _rendered(part.parts, values) if _is_full(part.parts, values) else ""


def _is_full(parts: Parts, values: Mapping[str, str]) -> bool:
    return all(bool(values.get(one.name)) for one in parts if isinstance(one, Named))

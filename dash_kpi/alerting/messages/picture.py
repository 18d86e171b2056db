"""A small chart as a PNG, for channels that show pictures: the same values always give the same bytes."""

import unicodedata
from io import BytesIO
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from dash_kpi.alerting.messages.message import Picture

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

WIDTH, HEIGHT = 560, 180  # as it is shown; it has twice as many pixels each way
SCALE = 2
FINER = 2  # lines are drawn so much larger and made smaller, which smooths them
LEFT, TOP, BOTTOM, RIGHT = 20, 54, 134, 20  # of the plot; on the right there are the labels' widths too
NEWEST = 400  # values that are drawn at most
PAPER, FRAME, INK, MUTED, LINE, LIMIT = "#f8fafc", "#cbd5e1", "#1e293b", "#526077", "#1d4ed8", "#b42318"
OTHER_FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")  # for what Pillow's own has no letters of
PLAIN = str.maketrans(
    {
        "€": "EUR ",
        "£": "GBP ",
        "¥": "JPY ",
        "₹": "INR ",
        "₽": "RUB ",
        "–": "-",
        "—": "-",
        "…": "...",
        "ß": "ss",
        "ł": "l",
    }
)
Point = tuple[float, float]


def png(picture: Picture) -> bytes | None:
    """Return the chart of a message, None where it has no value."""
    values = _finite(picture)
    if not any(value is not None for value in values):
        return None
    from PIL import Image, ImageDraw

    labels = _right_labels(picture, values)
    ends = picture.labels[-len(values) :]
    letters = " ".join([picture.title, *ends[:1], *ends[-1:], *(text for text, *_ in labels)])  # one font for all
    font = _font(16, letters)
    right = WIDTH - RIGHT - max([font.getlength(_writable(font, text)) / SCALE for text, *_ in labels], default=0) - 12
    points = _points(values, picture.limit, max(right, WIDTH / 2))
    image = _lines(points, _limit_height(values, picture.limit), max(right, WIDTH / 2))
    image = image.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.LANCZOS)
    _write(ImageDraw.Draw(image), picture, values, max(right, WIDTH / 2), letters)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def described(picture: Picture) -> str:
    """Return what the chart shows in words, for those who do not see it."""
    told = [
        f"{shown} in {label}"
        for value, shown, label in zip(picture.values, picture.shown, picture.labels, strict=False)
        if value is not None
    ][-6:]
    limit = f" The limit is {picture.limit_shown}." if picture.limit is not None and picture.limit_shown else ""
    return f"Chart of {picture.title}: {', '.join(told) or 'no values'}.{limit}"


def _finite(picture: Picture) -> list[float | None]:
    return [value if value is not None and isfinite(value) else None for value in picture.values[-NEWEST:]]


def _height(value: float, values: list[float | None], limit: float | None) -> float:
    """Return where a value stands between the top and the bottom of the plot."""
    known = [one for one in (*values, limit) if one is not None and isfinite(one)]
    low, high = min(known), max(known)
    if low == high:
        return (TOP + BOTTOM) / 2
    largest = max(abs(low), abs(high))  # dividing first, since the difference of huge numbers has no end
    share = (value / largest - low / largest) / (high / largest - low / largest)
    return BOTTOM - share * (BOTTOM - TOP)


def _limit_height(values: list[float | None], limit: float | None) -> float | None:
    return None if limit is None or not isfinite(limit) else _height(limit, values, limit)


def _points(values: list[float | None], limit: float | None, right: float) -> list[Point | None]:
    """Return where each value is drawn, None where there is a gap."""
    step = (right - LEFT) / max(len(values) - 1, 1)
    return [
        None if value is None else (LEFT + step * place if len(values) > 1 else (LEFT + right) / 2, y)
        for place, value in enumerate(values)
        for y in [0.0 if value is None else _height(value, values, limit)]
    ]


def _lines(points: list[Point | None], limit: float | None, right: float) -> "Image":
    """Draw all that is no text, larger than it will be."""
    from PIL import Image, ImageDraw

    unit = SCALE * FINER
    image = Image.new("RGB", (WIDTH * unit, HEIGHT * unit), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH * unit - 1, HEIGHT * unit - 1), outline=FRAME, width=unit)
    if limit is not None:
        for start in range(LEFT, int(right), 8):
            end = min(start + 5, right)
            draw.line((start * unit, limit * unit, end * unit, limit * unit), LIMIT, width=unit)
    for run in _runs(points):
        if len(run) > 1:
            draw.line([(x * unit, y * unit) for x, y in run], LINE, width=2 * unit, joint="curve")
        else:
            _dot(draw, run[0], 2, LINE, unit)
    last = next(point for point in reversed(points) if point)
    _dot(draw, last, 6, PAPER, unit)
    _dot(draw, last, 4.5, LINE, unit)
    return image


def _runs(points: list[Point | None]) -> list[list[Point]]:
    """Cut the points where there are gaps."""
    runs: list[list[Point]] = []
    for before, point in pairwise([None, *points]):
        if point and not before:
            runs.append([point])
        elif point:
            runs[-1].append(point)
    return runs


def _dot(draw: "ImageDraw", at: Point, radius: float, colour: str, unit: int) -> None:
    x, y = at
    draw.ellipse(tuple(one * unit for one in (x - radius, y - radius, x + radius, y + radius)), fill=colour)


def _right_labels(picture: Picture, values: list[float | None]) -> list[tuple[str, float, str]]:
    """Return what stands right of the plot: text, height and colour; two that would meet are moved apart."""
    place = max(number for number, value in enumerate(values) if value is not None)
    shown = picture.shown[-len(values) :]
    last = values[place]
    labels = []
    if last is not None and place < len(shown):
        labels.append((shown[place], _height(last, values, picture.limit), INK))
    limit = _limit_height(values, picture.limit)
    if limit is not None and picture.limit_shown:
        labels.append((f"limit {picture.limit_shown}", limit, LIMIT))
    if len(labels) == 2 and (near := 22 - abs(labels[0][1] - labels[1][1])) > 0:
        upper = 0 if labels[0][1] <= labels[1][1] else 1
        for number, (text, height, colour) in enumerate(labels):
            labels[number] = (text, height + near / 2 * (-1 if number == upper else 1), colour)
    return labels


def _write(draw: "ImageDraw", picture: Picture, values: list[float | None], right: float, letters: str) -> None:
    """Write the title, the first and the last period, the last value and the limit."""
    _text(draw, (LEFT, 24), picture.title, 17, INK, "lm", WIDTH - 2 * LEFT, letters)
    labels = picture.labels[-len(values) :]
    half = (right - LEFT) / 2 - 6
    if labels and len(values) > 1:
        _text(draw, (LEFT, 159), labels[0], 15, MUTED, "lm", half, letters)
        _text(draw, (right, 159), labels[-1], 15, MUTED, "rm", half, letters)
    elif labels:
        _text(draw, ((LEFT + right) / 2, 159), labels[0], 15, MUTED, "mm", half, letters)
    for text, height, colour in _right_labels(picture, values):
        _text(draw, (right + 12, height), text, 16, colour, "lm", WIDTH - RIGHT - right, letters)


def _text(
    draw: "ImageDraw", at: Point, text: str, size: int, colour: str, anchor: str, room: float, letters: str
) -> None:
    """Write a text in the font for all letters, cut where there is no more room."""
    font = _font(size, letters)
    written = _writable(font, text)
    if font.getlength(written) > room * SCALE:
        while written and font.getlength(f"{written}...") > room * SCALE:
            written = written[:-1]
        written = f"{written.rstrip()}..."
    draw.text((at[0] * SCALE, at[1] * SCALE), written, fill=colour, font=font, anchor=anchor)


def _font(size: int, text: str) -> "FreeTypeFont | ImageFont":
    """Return a font that has the letters of a text, or else the one that comes with Pillow."""
    from PIL import ImageFont

    own = ImageFont.load_default(size * SCALE)
    if not _missing(own, _spaced(text)):
        return own
    for name in OTHER_FONTS:
        try:
            font = ImageFont.truetype(name, size * SCALE)
        except OSError:
            continue
        if not _missing(font, _spaced(text)):
            return font
    return own


def _writable(font: "FreeTypeFont | ImageFont", text: str) -> str:
    """Return a text in letters that a font has: without accents, and without what has no plain form."""
    spaced = _spaced(text)
    if not _missing(font, spaced):
        return spaced
    plain = unicodedata.normalize("NFKD", spaced.translate(PLAIN))
    missing = _missing(font, plain)
    return " ".join("".join(letter for letter in plain if letter not in missing).split())


def _spaced(text: str) -> str:
    """Return the beginning of a text on one line, with plain blanks and the sign of a keyboard for minus."""
    return " ".join(text[:1000].replace("−", "-").split())


def _missing(font: "FreeTypeFont | ImageFont", text: str) -> set[str]:
    """Return the letters of a text that a font has not; those it would draw as an empty box."""
    box = bytes(font.getmask("\uffff"))  # a code point that is no letter and never will be
    return {
        one for one in set(text) if one != " " and (not one.isprintable() or bytes(font.getmask(one)) in (box, b""))
    }

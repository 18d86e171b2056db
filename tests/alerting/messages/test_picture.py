"""The chart in a message."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dash_kpi.alerting.messages.message import Picture
from dash_kpi.alerting.messages.picture import HEIGHT, LIMIT, LINE, WIDTH, described, png
from tests.alerting.channels.builders import PICTURE

ANY = st.none() | st.floats(allow_nan=True, allow_infinity=True)


def opened(content: bytes | None) -> Image.Image:
    assert content
    return Image.open(BytesIO(content)).convert("RGB")


def has(image: Image.Image, colour: str) -> bool:
    wanted = tuple(bytes.fromhex(colour[1:]))
    return any(found == wanted for _, found in image.getcolors(1 << 20) or [])


def test_a_chart_is_twice_as_fine_as_it_is_shown_and_has_the_line_and_the_limit() -> None:
    image = opened(png(PICTURE))
    assert image.size == (2 * WIDTH, 2 * HEIGHT)
    assert has(image, LINE)
    assert has(image, LIMIT)


def test_a_chart_without_a_limit_has_none() -> None:
    assert not has(opened(png(replace(PICTURE, limit=None, limit_shown=""))), LIMIT)


def test_the_same_values_give_the_same_bytes() -> None:
    assert png(PICTURE) == png(replace(PICTURE))


@pytest.mark.parametrize("values", [(), (None, None), (float("nan"), float("inf"))])
def test_without_a_value_there_is_no_chart(values: tuple[float | None, ...]) -> None:
    assert png(Picture("Revenue", ("a",) * len(values), values, ("",) * len(values))) is None


@settings(max_examples=15, deadline=None)
@given(st.lists(ANY, max_size=8), ANY, st.text(max_size=30))
def test_any_values_and_texts_can_be_drawn(values: list[float | None], limit: float | None, text: str) -> None:
    texts = (text,) * len(values)
    content = png(Picture(text, texts, tuple(values), texts, limit, text))
    assert (content is None) == (not any(one is not None and abs(one) < float("inf") for one in values))


def test_who_does_not_see_the_chart_is_told_its_newest_values_and_the_limit() -> None:
    assert described(PICTURE) == (
        "Chart of Revenue by month: € 101,000 in Oct 2025, € 98,000 in Nov 2025, € 97,500 in Jan 2026, "
        "€ 82,100 in Feb 2026. The limit is € 90,000."
    )

"""The styles and scripts name ids, icons and functions of the components: hold the two together."""

import re
from pathlib import Path

import pytest

from dash_kpi.ui import frame
from tests.ui.reading import parts

ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / "assets/app.js").read_text("utf-8")
STYLE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "assets").glob("*.css")))
COMPONENTS = "\n".join(
    path.read_text("utf-8") for folder in ("dash_kpi/ui", "pages") for path in sorted((ROOT / folder).rglob("*.py"))
)
OF_A_PAGE = {"uploads"}  # looked up with care: the page may not be there


def test_every_id_that_the_script_looks_up_exists():
    known = {part.id for part in parts(frame.layout()) if isinstance(getattr(part, "id", None), str)}
    assert set(re.findall(r'\$\("([\w-]+)"\)', SCRIPT)) <= known | OF_A_PAGE


@pytest.mark.parametrize("name", sorted(set(re.findall(r'ClientsideFunction\("frame", "(\w+)"\)', COMPONENTS))))
def test_every_function_that_a_callback_calls_exists(name):
    assert re.search(rf"^    {name}\(", SCRIPT, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r'icon\("([\w-]+)"\)', COMPONENTS))))
def test_every_icon_has_its_picture(name):
    assert f".icon-{name}" in STYLE


def test_nothing_is_fetched_from_elsewhere():
    assert not re.search(r"""(?:url\(|fetch\(|import\s)["']?(?:https?:)?//""", SCRIPT + STYLE)


def test_looks_live_in_the_style_sheet_alone():
    assert "style=" not in COMPONENTS

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import dash
from flask.testing import FlaskClient


def ids_in(component: Any) -> Iterator[str]:
    if isinstance(component, list):
        for item in component:
            yield from ids_in(item)
    elif isinstance(component, dict):
        props = component.get("props", {})
        if isinstance(props.get("id"), str):
            yield props["id"]
        for value in props.values():
            if isinstance(value, list | dict):
                yield from ids_in(value)


def as_json(component: Any) -> Any:
    return json.loads(dash._utils.to_json(component))


def page_layouts() -> dict[str, Any]:
    return {page["path"]: as_json(page["layout"](anything="typed")) for page in dash.page_registry.values()}


def test_every_id_occurs_once_on_a_page(client: FlaskClient) -> None:
    frame = list(ids_in(client.get("/_dash-layout").json))

    for path, layout in page_layouts().items():
        counts = Counter(frame + list(ids_in(layout)))
        assert [name for name, count in counts.items() if count > 1] == [], path


def test_every_id_that_a_callback_names_exists_in_a_layout(client: FlaskClient) -> None:
    known = {*ids_in(client.get("/_dash-layout").json)}
    known.update(name for layout in page_layouts().values() for name in ids_in(layout))
    named = {
        item["id"]
        for callback in json.loads(client.get("/_dash-dependencies").data)
        for item in (*callback["inputs"], *callback["state"])
    }

    assert {name for name in named if not name.startswith("{")} <= known


def test_an_address_with_a_query_opens_like_one_without(client: FlaskClient) -> None:
    assert client.get("/?period=12m&nonsense=1").status_code == 200


def test_the_page_opens_without_the_network(client: FlaskClient) -> None:
    page = client.get("/").text

    assert 'src="http' not in page
    assert 'href="http' not in page
    assert "%THEME%" not in page

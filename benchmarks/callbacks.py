"""What a browser sends to Dash, without the browser."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient

UPDATE = "/_dash-update-component"
TOKEN_COOKIE, TOKEN_HEADER = "_csrf_token", "X-CSRFToken"


class Callbacks:
    """The server callbacks of an application that some stores of its frame set off."""

    def __init__(self, server: Flask, listened: frozenset[str]) -> None:
        """Read from the application which callbacks listen to one of these properties (`id.property`)."""
        self._client: FlaskClient = server.test_client()
        self._client.get("/").close()
        cookie = self._client.get_cookie(TOKEN_COOKIE)
        self._headers = {TOKEN_HEADER: cookie.value if cookie else "", "Accept-Encoding": "gzip"}
        specs = self._client.get("/_dash-dependencies").get_json()
        self.specs = [spec for spec in specs if _is_server_side(spec) and listened & set(map(_name, spec["inputs"]))]

    def ask(self, values: Mapping[str, Any], changed: str) -> list[bytes]:
        """Call each with the values of the properties it depends on, and return the answers."""
        return [self._post(body) for body in self.bodies(values, changed)]

    def answer(self, spec: Mapping[str, Any], values: Mapping[str, Any], changed: str) -> bytes:
        """Call one with the values of the properties it depends on, and return its answer."""
        return self._post(orjson.dumps(_body(spec, values, changed)))

    def bodies(self, values: Mapping[str, Any], changed: str) -> list[bytes]:
        """Return what the browser posts, one for each callback."""
        return [orjson.dumps(_body(spec, values, changed)) for spec in self.specs]

    def of(self, page: str) -> list[dict[str, Any]]:
        """Return those that fill something of a page."""
        return [
            spec
            for spec in self.specs
            if any(name.startswith((f"{page}-", f"{page}.")) for name in _outputs(spec["output"]))
        ]

    def _post(self, body: bytes) -> bytes:
        answer = self._client.post(UPDATE, data=body, content_type="application/json", headers=self._headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
        return answer.get_data()


def _is_server_side(spec: Mapping[str, Any]) -> bool:
    return spec["clientside_function"] is None and not spec["prevent_initial_call"]


def _name(item: Mapping[str, str]) -> str:
    return f"{item['id']}.{item['property']}"


def _body(spec: Mapping[str, Any], values: Mapping[str, Any], changed: str) -> dict[str, Any]:
    def valued(items: list[dict[str, str]]) -> list[dict[str, Any]]:
        return [item | {"value": values.get(_name(item))} for item in items]

    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in _outputs(spec["output"])]
    return {
        "output": spec["output"],
        "outputs": outputs if spec["output"].startswith("..") else outputs[0],
        "inputs": valued(spec["inputs"]),
        "changedPropIds": [changed],
        "state": valued(spec["state"]),
    }


def _outputs(text: str) -> list[str]:
    return [name.split("@")[0] for name in text.removeprefix("..").removesuffix("..").split("...")]

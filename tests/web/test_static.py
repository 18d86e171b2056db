import gzip
import re
from importlib.resources import files
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dash_kpi.app import ASSETS
from dash_kpi.web.static import BUNDLE_URL, PLOTLY_FILE, PLOTLY_URL, compress

GZIP = {"Accept-Encoding": "gzip, deflate"}
VERSION = re.compile(rb"plotly\.js (?:\(cartesian - minified\) )?v([\d.]+)")


def urls_of(client: FlaskClient) -> list[str]:
    page = client.get("/").text
    return [url for url in re.findall(r'(?:src|href)="(/[^"]+)"', page) if "favicon" not in url]


def test_everything_that_the_page_loads_is_here_and_compressed(client: FlaskClient) -> None:
    answers = {url: client.get(url, headers=GZIP) for url in urls_of(client)}

    assert {url: answer.status_code for url, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert {answer.mimetype for answer in answers.values()} == {"text/css", "text/javascript"}
    assert all(answer.content_encoding == "gzip" for answer in answers.values())
    assert len(answers) <= 16
    assert sum(len(answer.data) for answer in answers.values()) < 1_000_000


@pytest.mark.parametrize("url", ["/assets/theme.js", PLOTLY_URL])
def test_a_client_without_gzip_gets_the_same_content(client: FlaskClient, url: str) -> None:
    packed, plain = client.get(url, headers=GZIP), client.get(url, headers={"Accept-Encoding": "identity"})

    assert packed.content_encoding == "gzip"
    assert plain.content_encoding is None
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_a_file_whose_address_changes_with_it_is_kept_for_ever(client: FlaskClient) -> None:
    kept = {url: client.get(url, headers=GZIP).headers["Cache-Control"] for url in urls_of(client) if url != PLOTLY_URL}

    assert set(kept.values()) == {"public, max-age=31536000, immutable"}


@pytest.mark.parametrize("url", ["/assets/theme.js", PLOTLY_URL])
def test_a_file_whose_address_stays_is_asked_about_and_not_sent_again(client: FlaskClient, url: str) -> None:
    first = client.get(url, headers=GZIP)

    again = client.get(url, headers=GZIP | {"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")


def test_plotly_is_the_smaller_bundle_of_the_version_that_plotly_py_brings(client: FlaskClient) -> None:
    ours = VERSION.search((ASSETS / "vendor" / PLOTLY_FILE).read_bytes()[:300])
    theirs = VERSION.search(Path(str(files("plotly") / "package_data" / "plotly.min.js")).read_bytes()[:300])

    assert ours is not None
    assert theirs is not None
    assert ours[1] == theirs[1]
    assert ours[1].decode() in (ASSETS / "vendor" / "README.txt").read_text("utf-8")
    assert gzip.decompress(client.get(PLOTLY_URL, headers=GZIP).data).startswith(b"/**\n* plotly.js (cartesian")


def test_a_table_component_that_no_page_uses_is_not_loaded(client: FlaskClient) -> None:
    assert not [url for url in urls_of(client) if "dash_table" in url]


def test_the_disk_spares_the_next_process_the_compression(tmp_path: Path) -> None:
    first = compress(b"content" * 100, "text/css", tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(b"what the first process wrote")

    assert gzip.decompress(first.body) == b"content" * 100
    assert compress(b"content" * 100, "text/css", tmp_path).body == b"what the first process wrote"


def test_a_disk_that_cannot_be_written_to_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert gzip.decompress(compress(b"content", "text/css", tmp_path / "file" / "cache").body) == b"content"


def test_large_answers_are_compressed_for_who_accepts_it(client: FlaskClient) -> None:
    packed, plain = client.get("/_dash-layout", headers=GZIP), client.get("/_dash-layout")

    assert packed.content_encoding == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert client.get("/api/flag", headers=GZIP).content_encoding is None


def test_a_missing_asset_is_no_page(client: FlaskClient) -> None:
    assert client.get("/assets/nothing.css").status_code == 404


def test_what_the_renderer_needs_comes_in_one_request(client: FlaskClient) -> None:
    page = client.get("/").text
    bundle = client.get(BUNDLE_URL).text

    assert "/dash/deps/" not in page
    assert page.index(BUNDLE_URL) < page.index("dash_renderer")
    positions = [
        bundle.index(sign) for sign in ("babelPolyfill", "react.production.min.js", "react-dom.production.min.js")
    ]
    assert positions == sorted(positions)

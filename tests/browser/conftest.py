"""A running dashboard and a real Chromium; every page is watched for errors and foreign requests."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dash_kpi.settings import Settings, load_settings
from tests.waiting import wait_for

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic", "--no-first-run",
]  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A dashboard that runs on loopback."""

    url: str
    settings: Settings

    @property
    def inbox(self) -> Path:
        return self.settings.inbox


@contextmanager
def serve(command: list[str], instance: Path) -> Iterator[Site]:
    """Run a serving command until the test is over; its log must have no traceback."""
    log = instance.parent / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dash_kpi", *command, "--instance", str(instance), "--port", "0"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            found = wait_for(
                lambda: re.search(r"Dash KPI is at (\S+)", log.read_text("utf-8")), 60, f"the address in {log}"
            )
            yield Site(found.group(1), load_settings(instance=instance))
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    assert "Traceback" not in log.read_text("utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An empty dashboard."""
    with serve(["serve"], tmp_path / "instance") as site:
        yield site


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The dashboard on its sample workbooks, all read; every test shares it, and none changes what it holds."""
    with serve_samples(tmp_path_factory.mktemp("demo")) as site:
        yield site


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same for the tests of one module, which write notes or KPIs."""
    with serve_samples(tmp_path_factory.mktemp("demo")) as site:
        yield site


@contextmanager
def serve_samples(folder: Path) -> Iterator[Site]:
    """Run the demonstration until the tests are over; all of its workbooks are read."""
    with serve(["demo"], folder / "instance") as site:
        samples = len(list((site.inbox / "sample").iterdir()))
        wait_for(lambda: loaded_files(site) == samples, 60, "the samples to be read")
        yield site


def loaded_files(site: Site) -> int:
    """Return how many files the dashboard has read since it started."""
    with urllib.request.urlopen(f"{site.url.rstrip('/')}/api/flag", timeout=10) as answer:
        jobs = json.load(answer)["jobs"]
    return sum(job["outcome"] == "loaded" for job in jobs)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("DASH_KPI_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    assert path, "Chromium is needed: install the package chromium, or set DASH_KPI_CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages that must stay without a console error, a failed answer or a foreign request."""
    complaints: list[str] = []
    contexts = []

    def open_page(url: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(f"console: {m.text}"))
        page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
        page.on("response", lambda r: r.status >= 400 and complaints.append(f"{r.status}: {r.url}"))
        page.on("request", lambda r: _is_foreign(r.url, url) and complaints.append(f"foreign request: {r.url}"))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _is_foreign(url: str, home: str) -> bool:
    return urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != urlsplit(home).netloc

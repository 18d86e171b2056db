"""Many people at once: each asks for one overview after another, under changing filters, over HTTP."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson
from playwright.sync_api import Browser

from benchmarks.chromium import Wire, load, new_page, press
from benchmarks.connection import Connection, body_of, post
from benchmarks.processes import Server, cpu_seconds
from benchmarks.sales import FILTERED, TEXTS, Choice, Sales
from benchmarks.subjects import Subject

CHECKED = 20  # answers that are looked at before anything is measured


@dataclass(frozen=True, slots=True)
class Load:
    """How a server bore its users."""

    per_second: float
    p95_seconds: float
    cpu_milliseconds: float  # of the server, for each overview
    kilobytes: float  # answered for each overview, as they come over the wire


class Questions:
    """What the browser posts when a filter is changed, for any filter."""

    def __init__(self, subject: Subject, server: Server, browser: Browser, sold: Sales) -> None:
        """Press a filter in a real page and keep what it posts."""
        assert subject.refilter is not None
        self._refilter = subject.refilter
        page = new_page(browser.new_context())
        load(page, server.url + subject.path, subject, sold.totals())
        page.wait_for_timeout(1500)
        wire = Wire.of(page)
        press(page, subject.option, subject, sold.totals(subject.pressed))
        page.wait_for_timeout(500)
        self._posts = [one for one in wire.posts if "_dash-update-component" in one["url"]]
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
        kept = {name: value for name, value in self._posts[0]["headers"].items() if name.lower() in KEPT}
        self._headers = kept | {"Accept-Encoding": "gzip"} | ({"Cookie": cookies} if cookies else {})
        page.context.close()

    def for_choice(self, choice: Choice) -> list[bytes]:
        """Return the requests of one overview."""
        return [self._request(one, choice) for one in self._posts]

    def _request(self, recorded: dict[str, str], choice: Choice) -> bytes:
        body = orjson.loads(recorded["postData"])
        self._refilter(body, choice)
        url = urlsplit(recorded["url"])
        return post(f"{url.path}?{url.query}" if url.query else url.path, orjson.dumps(body), self._headers)


KEPT = frozenset({"content-type", "accept", "x-csrftoken"})


def some_choice(chance: random.Random) -> Choice:
    """Return a random filter: of each column one value, or all."""
    picked = {name: chance.choice(["", *TEXTS[name]]) for name in FILTERED}
    return {name: value for name, value in picked.items() if value}


def check(questions: Questions, server: Server, sold: Sales) -> None:
    """Make sure that answers carry the right numbers, to the last digit."""
    chance = random.Random(0)
    with closing(Connection(server.url)) as connection:
        for _ in range(CHECKED):
            choice = some_choice(chance)
            answers = b"".join(body_of(connection.ask(one)) for one in questions.for_choice(choice))
            revenue = sold.totals_of(choice).revenue
            shown = (repr(revenue).encode(), f"{revenue:,.2f}".encode())
            assert not revenue or any(text in answers for text in shown), f"no {revenue} in the answer for {choice}"


def closed_loop(questions: Questions, server: Server, users: int, seconds: float) -> Load:
    """Let users ask without a pause for some seconds."""
    latencies: list[float] = []
    sizes: list[int] = []
    failures: list[BaseException] = []
    end = time.perf_counter() + seconds

    def user(number: int) -> None:
        chance = random.Random(number)
        with closing(Connection(server.url)) as connection:
            while time.perf_counter() < end:
                requests = questions.for_choice(some_choice(chance))
                begun = time.perf_counter()
                answers = [connection.ask(one) for one in requests]
                latencies.append(time.perf_counter() - begun)
                sizes.append(sum(map(len, answers)))
                if any(b" 200 " not in answer[:20] for answer in answers):
                    raise RuntimeError(answers[0][:300].decode("latin-1"))

    before, begun = cpu_seconds(server.pids()), time.perf_counter()
    _together(user, users, failures)
    took, cpu = time.perf_counter() - begun, cpu_seconds(server.pids()) - before
    if failures:
        raise failures[0]
    asked = len(latencies)
    p95 = sorted(latencies)[int(0.95 * (asked - 1))]
    return Load(asked / took, p95, 1000 * cpu / asked, sum(sizes) / asked / 1000)


def _together(act: Callable[[int], None], number: int, failures: list[BaseException]) -> None:
    def guarded(which: int) -> None:
        try:
            act(which)
        except BaseException as error:  # noqa: BLE001  it is raised again in the main thread
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

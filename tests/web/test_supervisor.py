import socket
import subprocess
import sys

import pytest

from dash_kpi.errors import SettingError
from dash_kpi.web.supervisor import LONGEST_DELAY_SECONDS, STABLE_SECONDS, Child, address, delay_seconds, ending, listen


def short_lived() -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    process.wait()
    return process


def test_what_dies_again_and_again_is_started_more_and_more_slowly() -> None:
    assert [delay_seconds(deaths) for deaths in range(1, 8)] == [1, 2, 4, 8, 16, 30, LONGEST_DELAY_SECONDS]


def test_a_dead_process_is_started_again_when_its_time_has_come(capfd: pytest.CaptureFixture[str]) -> None:
    child = Child("worker", short_lived)

    child.look(0.0)
    child.look(0.5)
    assert child.process is None
    child.look(1.4)
    assert child.process is None
    child.look(1.6)

    assert child.process is not None
    assert capfd.readouterr().err == "The worker ended (exit code 3); starting it again in 1 s.\n"


def test_a_minute_of_life_forgives_the_deaths_before_it() -> None:
    child = Child("worker", short_lived, deaths=5)

    child.look(0.0)
    child.look(STABLE_SECONDS + 1)

    assert child.due == STABLE_SECONDS + 2


@pytest.mark.parametrize(("code", "words"), [(1, "exit code 1"), (-9, "SIGKILL"), (-15, "SIGTERM")])
def test_the_end_of_a_process_is_said_in_words(code: int, words: str) -> None:
    assert ending(code) == words


def test_a_port_that_is_taken_is_refused_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(SettingError, match=f"cannot listen on 127.0.0.1, port {port}: Address already in use"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8050"),
        ("0.0.0.0", "http://127.0.0.1:8050"),  # noqa: S104
        ("::1", "http://[::1]:8050"),
        ("dash.example", "http://dash.example:8050"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, url: str) -> None:
    assert address(host, 8050) == url

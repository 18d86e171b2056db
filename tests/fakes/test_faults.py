"""The mechanics of the fakes."""

import json
import socket
import threading
from http.client import IncompleteRead
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.fakes import faults
from tests.fakes.faults import FakeService, Fault, Reply, at_random


class Echo(FakeService):
    def answer(self, request: faults.Request) -> Reply:
        self.accept(request, request.json)
        return Reply.of({"ok": True, "echo": request.json})


def post(service: Echo, value: object, seconds: float = 5) -> object:
    opener = build_opener(ProxyHandler({}))
    with opener.open(Request(service.url + "say", json.dumps(value).encode(), method="POST"), timeout=seconds) as reply:
        return json.loads(reply.read())


def test_a_fake_answers_and_keeps_what_it_accepted_with_its_time() -> None:
    with Echo() as service:
        assert post(service, {"n": 1}) == {"ok": True, "echo": {"n": 1}}
        assert post(service, {"n": 2}) == {"ok": True, "echo": {"n": 2}}
    assert [entry.message["n"] for entry in service.ledger] == [1, 2]
    assert service.ledger[0].at <= service.ledger[1].at


@pytest.mark.parametrize(
    ("fault", "error", "is_accepted"),
    [
        (Fault("status", status=503), HTTPError, False),
        (Fault("status_after", status=500), HTTPError, True),
        (Fault("reset_before"), ConnectionResetError, False),
        (Fault("reset_after"), ConnectionResetError, True),
        (Fault("close_before"), ConnectionResetError, False),  # RemoteDisconnected is one of them
        (Fault("close_after"), ConnectionResetError, True),
        (Fault("hang"), TimeoutError, False),
        (Fault("hang_after"), TimeoutError, True),
        (Fault("slow", seconds=1), TimeoutError, True),
        (Fault("truncated"), IncompleteRead, True),
        (Fault("malformed"), ValueError, True),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_each_fault_is_met_once_and_leaves_nothing_behind(
    fault: Fault, error: type[Exception], is_accepted: bool
) -> None:
    threads = threading.active_count()
    with Echo() as service:
        service.script.append(fault)
        with pytest.raises(error) as met:
            post(service, {"n": 1}, seconds=0.1)
        if isinstance(met.value, HTTPError):
            met.value.close()
        assert len(service.ledger) == is_accepted
        assert post(service, {"n": 2}) == {"ok": True, "echo": {"n": 2}}
    assert threading.active_count() == threads
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", service.port), timeout=1)


def test_too_many_requests_name_the_wait() -> None:
    with Echo() as service:
        service.script.append(Fault("status", status=429, retry_after=7))
        with pytest.raises(HTTPError) as met:
            post(service, {})
        assert (met.value.code, met.value.headers["Retry-After"]) == (429, "7")
        met.value.close()


def test_a_fault_of_another_path_waits_for_it() -> None:
    with Echo() as service:
        service.script.append(Fault("reset_before", path="chat.update"))
        post(service, {"n": 1})
        assert list(service.script) == [Fault("reset_before", path="chat.update")]


def test_a_random_plan_is_the_same_for_the_same_seed() -> None:
    request = faults.Request("POST", "/x", {}, b"", 0.0)
    kinds = [Fault("status"), Fault("reset_after")]
    first, second = at_random(7, 0.5, kinds), at_random(7, 0.5, kinds)
    found = [first(request) for _ in range(50)]
    assert found == [second(request) for _ in range(50)]
    assert 10 < sum(one is not None for one in found) < 40

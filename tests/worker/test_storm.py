"""The storm, small enough for the suite: a failing Slack, and a process that is killed while it sends."""

from pathlib import Path

import pytest

from tests.worker.storm import SMALL, blow

pytestmark = pytest.mark.service


def test_none_is_lost_and_none_comes_twice_in_silence_however_often_the_worker_is_killed(tmp_path: Path) -> None:
    result = blow(SMALL, tmp_path)

    assert result.sent == SMALL.alerts
    assert result.faults
    assert result.unknown

"""The memory of answers."""

from dash_kpi.storage.answers import Answers


def test_an_answer_is_computed_once() -> None:
    answers, computed = Answers(), []

    for _ in range(3):
        assert answers.get("key", lambda: computed.append(1) or len(computed)) == 1


def test_the_answer_that_was_not_used_for_longest_is_forgotten() -> None:
    answers = Answers(size=2)
    answers.get("a", lambda: 1)
    answers.get("b", lambda: 1)
    answers.get("a", lambda: 2)
    answers.get("c", lambda: 1)

    assert answers.get("a", lambda: 2) == 1
    assert answers.get("b", lambda: 2) == 2

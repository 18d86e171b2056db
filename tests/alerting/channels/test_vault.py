"""The vault: what is sealed is opened again by every key that is still there, and by no other."""

import pytest
from cryptography.fernet import Fernet

from dash_kpi.alerting.channels.vault import Locked, is_readable, opened, sealed, sealed_anew
from dash_kpi.errors import SettingError
from dash_kpi.settings import Settings, load_settings

SECRETS = {"token": "xoxb-ä-1"}
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def keyed(settings: Settings, *keys: str) -> Settings:
    return load_settings(instance=settings.instance, encryption_key=",".join(keys))


def test_what_is_sealed_is_opened_and_cannot_be_read_meanwhile(settings: Settings) -> None:
    text = sealed(settings, SECRETS)

    assert "xoxb" not in text
    assert opened(settings, "#sales", text) == SECRETS
    assert sealed(settings, {}) == ""
    assert opened(settings, "#sales", "") == {}


def test_a_key_is_introduced_changed_and_taken_away_without_losing_anything(settings: Settings) -> None:
    first = sealed(settings, SECRETS)
    assert opened(keyed(settings, OLD), "", first) == SECRETS

    second = sealed_anew(keyed(settings, OLD), first)
    assert opened(keyed(settings, NEW, OLD), "", second) == SECRETS

    third = sealed_anew(keyed(settings, NEW, OLD), second)
    assert opened(keyed(settings, NEW), "", third) == SECRETS
    assert not is_readable(settings, third)


def test_another_key_gives_a_sentence_that_says_what_to_do(settings: Settings) -> None:
    text = sealed(keyed(settings, OLD), SECRETS)

    with pytest.raises(Locked, match="The secrets of #sales were encrypted with another key: enter them again"):
        opened(keyed(settings, NEW), "#sales", text)
    with pytest.raises(Locked):
        opened(settings, "#sales", "no token at all")


def test_a_key_that_is_none_is_refused_without_being_told(settings: Settings) -> None:
    with pytest.raises(SettingError, match="44 characters") as refused:
        keyed(settings, OLD, "hunter2")

    assert "hunter2" not in str(refused.value)

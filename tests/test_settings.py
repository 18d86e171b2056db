"""Settings: where they come from, and what is said about a wrong one."""

import os
from pathlib import Path

import pytest

from dash_kpi.errors import SettingError
from dash_kpi.settings import Settings, load_settings


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text("port = 8060\nhost = '0.0.0.0'\n", "utf-8")
    monkeypatch.setenv("DASH_KPI_PORT", "8070")

    settings = load_settings(instance=tmp_path)

    assert (settings.port, settings.host) == (8070, "0.0.0.0")  # noqa: S104  the value is only compared


def test_several_folders_stand_in_one_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASH_KPI_FOLDERS", os.pathsep.join([str(tmp_path / "a b"), str(tmp_path / "c")]))

    assert load_settings(instance=tmp_path).watched == (tmp_path / "a b", tmp_path / "c")


def test_folders_in_the_file_are_a_list(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"folders = ['{tmp_path / 'a'}']\n", "utf-8")

    assert load_settings(instance=tmp_path).watched == (tmp_path / "a",)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("port", "many", "Setting port = 'many': input should be a valid integer"),
        ("port", "99999", "less than or equal to 65535. Port the web server listens on"),
        ("watch", "always", "'auto', 'native' or 'polling'"),
        ("currency", "euro", "Setting currency = 'euro'"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"DASH_KPI_{name.upper()}", value)

    with pytest.raises(SettingError) as raised:
        load_settings(instance=tmp_path)

    assert said in str(raised.value)


def test_a_misspelt_setting_of_the_file_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("prot = 1\n", "utf-8")

    with pytest.raises(SettingError, match="No setting named 'prot'; did you mean 'port'"):
        load_settings(instance=tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("port = \n", "utf-8")

    with pytest.raises(SettingError, match=r"config\.toml is not valid TOML"):
        load_settings(instance=tmp_path)


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(settings: Settings) -> None:
    first = settings.secret_key

    assert len(first) >= 48
    assert settings.secret_key == first
    assert (settings.instance / "secret_key").stat().st_mode & 0o777 == 0o600


def test_another_process_is_given_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(instance=tmp_path, folders=(tmp_path / "a", tmp_path / "b"), port=0)
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)

    assert load_settings() == settings


def test_every_setting_is_documented() -> None:
    documented = Path(__file__).parents[1].joinpath("docs", "settings.md").read_text("utf-8")

    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"`{name}`" in documented
        assert field.description in documented


@pytest.mark.parametrize(
    "name", ["encryption_key", "slack_signing_secret", "whatsapp_app_secret", "whatsapp_verify_token"]
)
def test_secrets_are_not_printed(name: str, tmp_path: Path) -> None:
    value = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYyE="
    settings = load_settings(instance=tmp_path, **{name: value})
    assert value not in f"{settings!r} {settings}"

"""The settings: what each means, where it comes from, and what is wrong with a value.

A setting is looked up in the environment (`DASH_KPI_PORT=8060`), then in `config.toml` of the instance
folder (`port = 8060`), then it has its default.
"""

import base64
import os
import re
import secrets
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from dash_kpi.errors import NotFound, SettingError
from dash_kpi.kpis.calendar import Calendar, Weeks

PREFIX = "DASH_KPI_"
CONFIG_NAME = "config.toml"
SEPARATORS = {"webhook_private_hosts": ","}  # of lists in the environment, where it is not that of PATH
KEY_BYTES = 32  # of what encrypts
SECRET_NAME = "secret_key"  # noqa: S105  the name of the file, not a secret


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


def _country(code: str) -> str:
    """Check a country whose holidays are known."""
    if not code:
        return code
    import holidays  # many countries, and few ask for them

    name, _, part = code.upper().partition("-")
    known = holidays.list_supported_countries()
    if name not in known or (part and part not in known[name]):
        near = f"; the parts of {name} are {', '.join(known[name])}" if known.get(name) else ""
        raise ValueError(f"no holidays are known of '{code}'{near}")
    return code.upper()


def _zone(name: str) -> str:
    """Check a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone '{name}'") from None
    return name


def _locale(name: str) -> str:
    """Check a language, or a language and a region."""
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"there is no language or region '{name}'") from None


def _address(url: str) -> str:
    """Check the beginning of an address."""
    if url and not re.fullmatch(r"https?://[^/\s]+(/\S*)?", url):
        raise ValueError(f"'{url}' is no address such as https://example.com/")
    return url


def _keys(text: str) -> str:
    """Check keys that encrypt, with commas between."""
    for key in filter(None, map(str.strip, text.split(","))):
        try:
            is_key = len(base64.urlsafe_b64decode(key)) == KEY_BYTES
        except ValueError:
            is_key = False
        if not is_key:
            raise ValueError(f"a key is {KEY_BYTES} bytes in URL-safe base64, 44 characters that end with '='")
    return text


Folder = Annotated[Path, AfterValidator(_absolute)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Settings(BaseSettings):
    """Everything that can be configured; `docs/settings.md` is written from these descriptions."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    instance: Folder = Field(
        Path("instance"),
        description="Folder of everything the dashboard keeps: database, snapshots, inbox, secret key.",
    )
    folders: Annotated[tuple[Folder, ...], NoDecode] = Field(
        (),
        description="Folders to watch, with their subfolders. Empty: `inbox` in the instance folder. In the "
        f"environment they are separated by '{os.pathsep}'.",
    )
    watch: Literal["auto", "native", "polling"] = Field(
        "auto",
        description="How folders are watched: by the system's events, by polling, or by polling only where a "
        "folder is on a network share.",
    )
    poll_seconds: float = Field(2.0, ge=0.1, le=3600, description="Seconds between two looks at a polled folder.")
    settle_seconds: float = Field(
        0.2, ge=0.05, le=60, description="Seconds a file must stay unchanged before it is read."
    )
    read_seconds: int = Field(120, ge=1, le=3600, description="Seconds after which the reading of one file is stopped.")
    read_memory_mb: int = Field(
        2048, ge=256, le=65536, description="Memory, in MiB, that the reading of one file may take."
    )
    hold_refused_percent: int = Field(
        20,
        ge=1,
        le=100,
        description="A new version with more percent of its rows refused, and more than twice the former share, is "
        "held until somebody decides.",
    )
    hold_fewer_rows_percent: int = Field(
        90, ge=1, le=100, description="A new version with so many percent fewer rows is held until somebody decides."
    )
    upload_mb: int = Field(200, ge=1, le=10240, description="Largest file, in MiB, that can be uploaded.")
    originals_days: int = Field(
        365,
        ge=0,
        le=36500,
        description="Days that the content of a file is kept after a newer one has replaced it; what is counted now "
        "is always kept. 0 keeps none.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address the web server listens on.")
    port: int = Field(8050, ge=0, le=65535, description="Port the web server listens on; 0 takes a free one.")
    web_workers: int = Field(2, ge=1, le=64, description="Web server processes.")
    web_threads: int = Field(8, ge=1, le=256, description="Threads of each web server process.")
    database_url: str = Field(
        "", description="SQLAlchemy URL of the database. Empty: `dash_kpi.sqlite3` in the instance folder."
    )
    currency: str = Field(
        "",
        pattern=r"^([A-Z]{3})?$",
        description="ISO code of the currency of amounts, such as EUR. Empty: no sign.",
    )
    fiscal_year_start: int = Field(
        1,
        ge=1,
        le=12,
        description="Month in which fiscal years start, for quarters and years, and for periods such as 'FY24 P03' in "
        "workbooks. With 7, FY24 is July 2023 to June 2024.",
    )
    fiscal_weeks: Weeks = Field(
        "",
        description="Weeks of the three months of each quarter, where months are made of whole weeks: 4-4-5, 4-5-4 or "
        "5-4-4. Empty: civil months.",
    )
    week_start: Weekday = Field("monday", description="Day on which weeks start.")
    holidays: Annotated[str, AfterValidator(_country)] = Field(
        "",
        description="Country whose public holidays are no working days, as ISO 3166 code, with its part where it has "
        "holidays of its own: DE, DE-BY, US-CA. Empty: every Monday to Friday is a working day.",
    )
    compare_by: Literal["days", "working_days"] = Field(
        "days",
        description="How a period that is not over is compared with the one before: up to the same day, or up to as "
        "many working days.",
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC",
        description="Time zone of the team, such as Europe/Berlin: when a day is over, quiet hours, digests.",
    )
    locale: Annotated[str, AfterValidator(_locale)] = Field(
        "en",
        description="Language and region by which numbers and days are written in messages, such as en_GB or de_DE.",
    )
    public_url: Annotated[str, AfterValidator(_address)] = Field(
        "",
        description="Address under which people reach the dashboard, for the links in messages, such as "
        "https://kpi.example.com. Empty: host and port.",
    )
    encryption_key: Annotated[str, AfterValidator(_keys)] = Field(
        "",
        repr=False,
        description="Key that the secrets of channels are encrypted with, 32 bytes in URL-safe base64; several with "
        "commas between, the newest first, while it is changed. Empty: made from the secret key in the instance "
        "folder.",
    )
    channel_seconds: float = Field(
        15, ge=0.1, le=600, description="Seconds after which a request to a channel is given up."
    )
    slack_url: Annotated[str, AfterValidator(_address)] = Field(
        "https://slack.com/api/", min_length=1, description="Address of Slack's Web API."
    )
    slack_hooks_url: Annotated[str, AfterValidator(_address)] = Field(
        "https://hooks.slack.com/",
        min_length=1,
        description="What the addresses of Slack's incoming webhooks begin with.",
    )
    slack_signing_secret: str = Field(
        "",
        repr=False,
        description="Signing secret of the Slack app, for the buttons under messages. Empty: messages have none.",
    )
    whatsapp_url: Annotated[str, AfterValidator(_address)] = Field(
        "https://graph.facebook.com/", min_length=1, description="Address of the Graph API that WhatsApp is sent by."
    )
    whatsapp_version: str = Field("v25.0", pattern=r"^v\d+\.\d$", description="Version of the Graph API.")
    whatsapp_app_secret: str = Field(
        "", repr=False, description="App secret that signs what WhatsApp reports. Empty: reports are refused."
    )
    whatsapp_verify_token: str = Field(
        "", repr=False, description="Word that WhatsApp names when it first calls the address for its reports."
    )
    webhook_private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts in private networks that webhooks may be sent to, with commas between them. All other "
        "private, loopback and link-local addresses are refused.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is logged.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over `config.toml`, and arguments over both."""
        instance = init_settings().get("instance") or os.environ.get(f"{PREFIX}INSTANCE") or "instance"
        toml = TomlConfigSettingsSource(settings_cls, Path(instance) / CONFIG_NAME)
        return init_settings, _Environment(settings_cls), toml

    @property
    def calendar(self) -> Calendar:
        """How time is cut into periods."""
        return Calendar(
            get_args(Weekday).index(self.week_start),
            self.fiscal_year_start,
            self.fiscal_weeks,
            self.holidays,
            self.compare_by == "working_days",
        )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the team."""
        return ZoneInfo(self.timezone)

    @property
    def base_url(self) -> str:
        """The address of the dashboard, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def inbox(self) -> Path:
        """The first watched folder: uploads land in it."""
        return self.watched[0]

    @property
    def watched(self) -> tuple[Path, ...]:
        """The folders that are watched, at least one."""
        return self.folders or (self.instance / "inbox",)

    @property
    def snapshots(self) -> Path:
        """The folder of the Parquet snapshots."""
        return self.instance / "snapshots"

    @property
    def originals(self) -> Path:
        """The folder of the contents of files that were loaded."""
        return self.instance / "originals"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.instance / 'dash_kpi.sqlite3'}"

    @property
    def secret_key(self) -> str:
        """The key that signs cookies: made on first use, readable by its owner alone."""
        path = self.instance / SECRET_NAME
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_text("utf-8")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(key := secrets.token_urlsafe(48))
        return key

    def prepare(self) -> Self:
        """Make the folders that must exist, and return these settings."""
        for folder in (self.instance, self.snapshots, *([] if self.folders else [self.inbox])):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SettingError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        return self

    def as_environment(self) -> dict[str, str]:
        """Return the environment variables that give another process these very settings."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return {
            PREFIX + name.upper(): SEPARATORS.get(name, os.pathsep).join(map(str, value))
            if isinstance(value, tuple)
            else str(value)
            for name, value in given.items()
        }


class _Environment(EnvSettingsSource):
    """The environment, where several folders stand in one variable as in PATH."""

    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:
        if field_name == "folders" and isinstance(value, str):
            return tuple(filter(None, value.split(os.pathsep)))
        if field_name == "webhook_private_hosts" and isinstance(value, str):
            return tuple(host.strip() for host in value.split(",") if host.strip())
        return super().prepare_field_value(field_name, field, value, value_is_complex)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; a wrong value raises `SettingError` with its name, its value and what would be right."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingError("\n".join(_explain(item) for item in error.errors())) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{CONFIG_NAME} is not valid TOML: {error}.") from error


def _explain(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"]) or "settings"
    field = Settings.model_fields.get(str(error["loc"][0])) if error["loc"] else None
    if error["type"] == "extra_forbidden":
        return str(NotFound("setting", name, Settings.model_fields))
    wanted = f" {field.description}" if field else ""
    shown = "" if field and not field.repr else f" = {error['input']!r}"  # a secret is not told
    return f"Setting {name}{shown}: {error['msg'][0].lower()}{error['msg'][1:]}.{wanted}"

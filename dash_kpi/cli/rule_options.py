"""The options that make up a rule."""

from collections.abc import Callable
from typing import Any

import click
import orjson

from dash_kpi.cli.options import checked_where
from dash_kpi.errors import Refused


class Amount(click.ParamType[float]):
    """A number, or a percentage: 0.4 and 40% are the same, for KPIs that are shares."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read what was typed."""
        text = str(value).strip()
        try:
            return float(text[:-1]) / 100 if text.endswith("%") else float(text)
        except ValueError:
            self.fail(f"'{value}' is no number such as 100 or 40%.", param, ctx)


def rule_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that make up a rule."""
    options = (
        click.option("--kpi", metavar="NAME", help="The KPI."),
        click.option("--below", type=Amount(), help="Broken below this value: 100, or 40% of a share."),
        click.option("--above", type=Amount(), help="Broken above this value."),
        click.option("--falls-by", type=float, metavar="PERCENT", help="Broken by a larger fall, in percent."),
        click.option("--rises-by", type=float, metavar="PERCENT", help="Broken by a larger rise, in percent."),
        click.option("--against", type=click.Choice(["previous", "year"]), help="What a fall or rise is set against."),
        click.option(
            "--when",
            type=click.Choice(["anomaly", "forecast_target", "no_data", "late", "refused", "restated"]),
            help="Another condition.",
        ),
        click.option(
            "--grain",
            type=click.Choice(["day", "week", "month", "quarter", "year", "rolling_7", "rolling_30"]),
            help="The periods that are judged.  [default: month]",
        ),
        click.option("--by", "dimension", metavar="DIMENSION", help="Judge each of its values."),
        click.option(
            "--where", multiple=True, metavar="DIMENSION=VALUE", callback=checked_where, help="Only these rows."
        ),
        click.option("--pending", type=click.IntRange(1), help="Broken periods in a row before it fires."),
        click.option("--keep-firing", type=click.IntRange(1), help="Recovered periods in a row before it resolves."),
        click.option("--recovery-margin", type=float, help="How far inside its limit a value counts as recovered."),
        click.option("--cooldown", "cooldown_hours", type=float, metavar="HOURS", help="Quiet after it resolved."),
        click.option("--repeat", "repeat_hours", type=float, metavar="HOURS", help="Told again after so long."),
        click.option("--severity", type=click.Choice(["info", "warning", "critical"]), help="[default: warning]"),
        click.option("--working-days", is_flag=True, default=None, help="Messages on working days only."),
        click.option("--quiet", metavar="FROM-TO", help="Quiet hours, such as 22:00-07:00."),
        click.option("--owner", help="Who answers for it."),
        click.option("--note", help="Travels in the message."),
        click.option("--name", help="A name of its own."),
        click.option("--json-rule", "file", type=click.File("rb"), help="The whole rule as JSON; - is standard input."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def rule_given(options: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Return a rule as JSON out of the options, over what is known of it."""
    given = dict(known)
    if file := options.pop("file"):
        try:
            given = orjson.loads(file.read())
        except orjson.JSONDecodeError as error:
            raise Refused(f"The rule is no JSON: {error}.") from None
        if not isinstance(given, dict):
            raise Refused("A rule is a JSON object.")
    if condition := _condition(options, given):
        given["conditions"] = [condition, *(given.get("conditions") or ())[1:]]
    quiet = options.pop("quiet")
    if quiet is not None:
        given["quiet_from"], _, given["quiet_to"] = quiet.partition("-")
    where = options.pop("where")
    if where:
        chosen: dict[str, list[str]] = {}
        for text in where:
            name, _, value = text.partition("=")
            chosen.setdefault(name, []).append(value)
        given["filters"] = [[name, values] for name, values in chosen.items()]
    if (dimension := options.pop("dimension")) is not None:
        given["by"] = dimension
    return given | {name: value for name, value in options.items() if value is not None}


def _condition(options: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    below, above, when = options.pop("below"), options.pop("above"), options.pop("when")
    falls, rises, against = options.pop("falls_by"), options.pop("rises_by"), options.pop("against")
    if when:
        return {"kind": when}
    if falls is not None or rises is not None:
        limits = {"low": None if falls is None else -falls / 100, "high": None if rises is None else rises / 100}
        return {
            "kind": "change",
            "against": against or "previous",
            **{k: v for k, v in limits.items() if v is not None},
        }
    if below is not None and above is not None:
        return {"kind": "outside", "low": below, "high": above}
    if below is not None:
        return {"kind": "below", "low": below}
    if above is not None:
        return {"kind": "above", "high": above}
    if against and given.get("conditions"):
        return {**given["conditions"][0], "against": against}
    return {}

"""A message as plain text and as HTML for mail clients: simple tables, looks in the elements, dark where that is asked.

Everything that comes from data goes through `Markup.format`, which escapes it.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from dash_kpi.alerting.channels.transport import Outgoing
from dash_kpi.alerting.messages.message import Line, Message

MOST_LINES = 100
SEVERITIES = {"critical": "#b42318", "warning": "#8a5a00", "info": "#1d4ed8"}
OVER, QUIET = "#157347", "#526077"
FONT = Markup("font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif")
REPEAT = "Possible repeat: it is not certain whether this message, {uid}, was delivered before."

PAGE = Markup("""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{
.paper {{ background: #0f172a !important; }}
.card {{ background: #1e293b !important; border-color: #334155 !important; }}
.ink {{ color: #f1f5f9 !important; }}
.muted {{ color: #b6c2d2 !important; }}
.note {{ background: #334155 !important; }}
.link {{ color: #93c5fd !important; }}
.critical {{ color: #fda29b !important; }}
.warning {{ color: #fcd34d !important; }}
.info {{ color: #93c5fd !important; }}
.over {{ color: #86efac !important; }}
}}
</style>
</head>
<body class="paper" style="margin:0;padding:0;background:#eef2f7">
<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="background:#eef2f7"><tr><td align="center" style="padding:16px 8px">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" \
style="width:100%;max-width:600px;background:#ffffff;border:1px solid #dbe2ea;border-radius:8px">
<tr><td style="padding:20px 20px 4px;{font}">\
<h1 class="ink" dir="auto" style="margin:0;font-size:20px;line-height:1.3;color:#0f172a;word-break:break-word">\
{title}</h1></td></tr>
{parts}
<tr><td class="muted" style="padding:16px 20px 20px;{font};font-size:12px;line-height:1.5;color:#526077">\
Sent by Dash KPI · {uid}</td></tr>
</table>
</td></tr></table>
</body>
</html>
""")
ROW = Markup('<tr><td style="padding:12px 20px 4px;{font};font-size:14px;line-height:1.5">{content}</td></tr>\n')
REMARK = Markup(
    '<div class="note ink" dir="auto" style="padding:8px 12px;background:#eef2f7;border-radius:6px;color:#0f172a">'
    "{text}</div>"
)
STATE = Markup(
    '<div class="{mark}" style="font-size:12px;font-weight:bold;color:{colour}">{state}</div>'
    '<div class="ink" dir="auto" style="font-size:16px;color:#0f172a;word-break:break-word">{text}</div>'
)
FACTS = Markup(
    '<table cellpadding="0" cellspacing="0" border="0" style="margin-top:6px">{rows}</table>'
)  # the one table that is read as a table
FACT = Markup(
    '<tr><th scope="row" align="left" valign="top" class="muted" style="padding:2px 16px 2px 0;{font};font-size:14px;'
    'font-weight:normal;color:#526077">{name}</th><td class="ink" dir="auto" style="padding:2px 0;{font};'
    'font-size:14px;color:#0f172a;word-break:break-word">{value}</td></tr>'
)
MORE = Markup('<div class="{mark}" dir="auto" style="margin-top:6px;color:{colour}">{text}</div>')
SPARK = Markup('<div class="muted" aria-hidden="true" style="margin-top:4px;color:#526077;font-size:16px">{text}</div>')
LINK = Markup(
    '<div style="margin-top:8px"><a class="link" href="{url}" style="color:#1d4ed8;text-decoration:underline">{text}'
    "</a></div>"
)
CHART = Markup(
    '<img src="cid:{cid}" width="558" alt="{alt}" style="display:block;margin-top:12px;width:100%;max-width:558px;'
    'height:auto;border:0;border-radius:6px">'
)
RULE = Markup(
    '<div class="card" style="border-top:1px solid #dbe2ea;font-size:0;line-height:0;margin-bottom:12px"></div>'
)


def html(outgoing: Outgoing, cid: str = "", alt: str = "") -> str:
    """Return the message as a page; `cid` names the picture of the chart, where there is one."""
    message = outgoing.message
    parts = [ROW.format(font=FONT, content=REMARK.format(text=text)) for text in _remarks(outgoing)]
    for number, line in enumerate(message.lines[:MOST_LINES]):
        chart = CHART.format(cid=cid, alt=alt) if cid and not number else Markup()
        content = (RULE if number else Markup()) + _line(line, chart, has_link=line.link != message.link)
        parts.append(ROW.format(font=FONT, content=content))
    ending = Markup()
    if left := _left_out(message):
        ending += MORE.format(mark="muted", colour=QUIET, text=left)
    if is_link(message.link):
        ending += LINK.format(url=message.link, text="Open in Dash KPI")
    if ending:
        parts.append(ROW.format(font=FONT, content=ending))
    lang = message.locale.replace("_", "-")
    return str(PAGE.format(lang=lang, title=message.title, font=FONT, parts=Markup().join(parts), uid=outgoing.uid))


def plain(outgoing: Outgoing) -> str:
    """Return the message as text."""
    return f"{written(outgoing.message, _remarks(outgoing))}\n\n--\nSent by Dash KPI · {outgoing.uid}\n"


def written(message: Message, remarks: Sequence[str]) -> str:
    """Return what a message says as text, without what stands under every mail."""
    blocks = [[message.title], remarks, *(_plain_line(line) for line in message.lines[:MOST_LINES])]
    blocks.append([_left_out(message), f"Open in Dash KPI: {message.link}" if is_link(message.link) else ""])
    texts = ("\n".join(filter(None, block)) for block in blocks)
    return "\n\n".join(filter(None, texts))


def is_link(text: str) -> bool:
    """Return whether a link leads to a page and not to a script."""
    return text.startswith(("https://", "http://"))


def _remarks(outgoing: Outgoing) -> list[str]:
    """Return what is to be known about the message itself."""
    repeat = REPEAT.format(uid=outgoing.uid) if outgoing.is_possible_repeat else ""
    return list(filter(None, (repeat, outgoing.message.remark)))


def _left_out(message: Message) -> str:
    count = len(message.lines) - MOST_LINES
    return f"And {count} more." if count > 0 else ""


def _state(line: Line) -> str:
    return " · ".join(filter(None, (line.severity.capitalize(), line.state)))


def _line(line: Line, chart: Markup, *, has_link: bool) -> Markup:
    """Return what is said about one alert; the chart, where there is one, stands for the sparkline."""
    is_over = line.state == "Resolved"
    mark = "over" if is_over else line.severity if line.severity in SEVERITIES else "muted"
    colour = OVER if is_over else SEVERITIES.get(line.severity, QUIET)
    content = STATE.format(mark=mark, colour=colour, state=_state(line), text=line.text)
    content += chart
    if line.sparkline and not chart:
        content += SPARK.format(text=line.sparkline)
    if line.facts:
        rows = (FACT.format(font=FONT, name=name, value=value) for name, value in line.facts)
        content += FACTS.format(rows=_joined(rows))
    if line.driver:
        content += MORE.format(mark="ink", colour="#0f172a", text=line.driver)
    if line.note:
        content += Markup('<div style="margin-top:8px">{}</div>').format(REMARK.format(text=f"Note: {line.note}"))
    if is_link(line.link) and has_link:
        content += LINK.format(url=line.link, text="See the numbers")
    return content


def _plain_line(line: Line) -> list[str]:
    facts = [f"  {name}: {value}" for name, value in line.facts]
    link = f"  {line.link}" if is_link(line.link) else ""
    note = f"  Note: {line.note}" if line.note else ""
    driver = f"  {line.driver}" if line.driver else ""
    spark = f"  {line.sparkline}" if line.sparkline else ""
    state = _state(line)
    return [f"[{state}] {line.text}" if state else line.text, *facts, driver, spark, note, link]


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)

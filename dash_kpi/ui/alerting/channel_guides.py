"""What each kind of channel is good for, and how it is set up where that is not plain."""

from typing import Any

from dash import html

ABOUT = {
    "slack": "Follow-ups in one thread, resolved alerts struck out, and no message twice.",
    "slack_hook": "Made in a minute. It only posts: no threads, and nobody can ask whether a message arrived.",
    "whatsapp": "To phones, by WhatsApp's Business Cloud API and templates that Meta has approved.",
    "email": "By your mail server, with a chart of the KPI as a picture.",
    "webhook": "For programs: signed JSON after the Standard Webhooks, such as for PagerDuty or n8n.",
}
MANIFEST = """display_information:
  name: Dash KPI
features:
  bot_user:
    display_name: Dash KPI
    always_online: true
oauth_config:
  scopes:
    bot:
      - chat:write
      - channels:read
      - channels:history
      - groups:read
      - groups:history
settings:
  org_deploy_enabled: false
  socket_mode_enabled: false
  token_rotation_enabled: false
"""

TEMPLATE = """KPI alert: {{1}}

{{2}}

More: {{3}}

Sent by Dash KPI.
"""
TEXTS = {"slack": MANIFEST, "whatsapp": TEMPLATE}  # to copy from here to there


def guide(kind: str) -> Any:
    """Lead through what has to be done elsewhere first, None where there is nothing."""
    steps = STEPS.get(kind)
    if not steps:
        return None
    text = TEXTS.get(kind)
    manifest = [html.Pre(text, className="manifest", tabIndex="0")] if text else []
    return html.Details(
        [html.Summary("How to set it up, step by step"), html.Ol([html.Li(step) for step in steps]), *manifest],
        className="guide",
    )


STEPS: dict[str, tuple[str, ...]] = {
    "slack": (
        "Open api.slack.com/apps, choose Create New App, then From a manifest, and choose your workspace.",
        "Choose YAML, put the text below in place of what is there, and choose Next, then Create.",
        "Choose Install to Workspace, and allow it.",
        "Under OAuth & Permissions, copy the Bot User OAuth Token. It begins with xoxb-. Paste it here.",
        "In Slack, open the channel that alerts are to go to, and write: /invite @Dash KPI",
        "Enter the channel here, test the connection, save, and send a test.",
    ),
    "slack_hook": (
        "Open api.slack.com/apps, choose Create New App, then From scratch, and choose your workspace.",
        "Under Incoming Webhooks, switch them on, and choose Add New Webhook to Workspace.",
        "Choose the channel that alerts are to go to, and allow it.",
        "Copy the address of the webhook, and paste it here.",
    ),
    "whatsapp": (
        "At business.facebook.com make a business account, at developers.facebook.com an app of the type Business, and "
        "add the product WhatsApp to it.",
        "Under WhatsApp › API Setup add a sending number, and copy the phone number id and the business account id.",
        "In the business settings, under Users › System users, make one, give it the app and the account, and generate "
        "a token with whatsapp_business_messaging and whatsapp_business_management.",
        "In the WhatsApp Manager create a message template: category Utility, name kpi_alert, English (US), without "
        "header, footer and buttons, and with the text below as its body. Wait until it is active.",
        "Enter all of it here, test the connection, save, and send a test.",
    ),
}

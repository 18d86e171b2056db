"""The channels there are: adding one means a module and a row."""

from dash_kpi.alerting.channels import email, slack, slack_hook, webhook, whatsapp
from dash_kpi.alerting.channels.transport import Transport

TRANSPORTS: dict[str, Transport] = {
    "slack": slack,
    "slack_hook": slack_hook,
    "whatsapp": whatsapp,
    "email": email,
    "webhook": webhook,
}

"""A process that only sends, by the real channels: what the storm kills again and again.

Its settings are its environment. Secrets stand in the configuration here, so that the storm needs no key.
"""

import logging
import signal
import threading
from datetime import UTC, datetime
from random import SystemRandom

from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.channels.transport import Config
from dash_kpi.alerting.outbox.sender import Sender
from dash_kpi.alerting.outbox.ways import Ways
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import Database
from dash_kpi.worker.pulse import Pulse


def main() -> None:
    logging.basicConfig(level="ERROR")
    database = Database(load_settings())
    ways = Ways(TRANSPORTS, lambda settings, row: Config(row.id, row.name, row.config, settings))
    pulse = Pulse(database, Sender(database, ways, lambda: datetime.now(UTC), SystemRandom()))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    pulse.start()
    stop.wait()
    pulse.stop()
    database.close()


if __name__ == "__main__":
    main()

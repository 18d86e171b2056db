"""Reading a workbook in this process, which is a fresh one: prints the seconds, imports and warm-up aside."""

import logging
import time
from datetime import UTC, datetime
from pathlib import Path


def fastexcel(path: str) -> None:
    """Read with the parser alone."""
    import fastexcel

    begun = time.perf_counter()
    sheet = fastexcel.read_excel(path).load_sheet(0)
    print(time.perf_counter() - begun, sheet.height)


def pandas(path: str) -> None:
    """Read as most scripts do."""
    import pandas as pd

    begun = time.perf_counter()
    frame = pd.read_excel(path, engine="openpyxl")
    print(time.perf_counter() - begun, len(frame))


def ours(path: str) -> None:
    """Read into a fresh instance, from the job to the committed revision."""
    from benchmarks.instances import opened, temporary
    from dash_kpi.ingest import child, jobs
    from dash_kpi.ingest.load import load
    from dash_kpi.storage.database import MAIN

    logging.disable(logging.INFO)
    child.warm_up()
    with temporary() as folder, opened(folder) as database:
        begun = time.perf_counter()
        job_id = jobs.enqueue(database, MAIN, Path(path), datetime.now(UTC))
        job = jobs.claim(database, job_id, datetime.now(UTC))
        assert job is not None
        loaded = load(database, job)
        print(time.perf_counter() - begun, loaded.revision)
        assert loaded.outcome == "loaded", loaded.reason

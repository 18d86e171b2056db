"""What the process that forks the children imports, once, before the first of them."""

import atexit
import os

from dash_kpi.ingest import reader as reader

# The interpreter has nothing to clean up there, and DuckDB's bindings fill the log when it tries.
atexit.register(os._exit, 0)

"""The virtual environment of the other tools, made on first use outside the checkout."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from benchmarks.table import say

REQUIREMENTS = ("streamlit>=1.50,<2", "vizro>=1,<2", "gunicorn>=25.1", "python-calamine>=0.4", "plotly>=6.3")


def folder() -> Path:
    """Return where it is kept between runs."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "dash-kpi-benchmarks" / f"peers-{sys.version_info.major}.{sys.version_info.minor}"


@cache
def python() -> Path:
    """Return its interpreter."""
    found, finished = folder() / "bin" / "python", folder() / "finished"
    if not finished.exists() or finished.read_text("utf-8") != repr(REQUIREMENTS):
        say(f"installing {', '.join(REQUIREMENTS)} into {folder()}")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder())], check=True)
        subprocess.run(
            [str(found), "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True, stdout=sys.stderr, env=clean
        )
        finished.write_text(repr(REQUIREMENTS), "utf-8")
    return found

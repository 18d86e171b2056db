"""The package: a built wheel has everything, and works away from the checkout."""

import os
import re
import signal
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.waiting import wait_for

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the sources, and install it into a folder."""
    folder = tmp_path_factory.mktemp("package")
    sources = folder / "sources"
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, "."], cwd=sources, check=True
    )
    wheel = next(folder.glob("*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "site", wheel], check=True)
    return folder / "site"


def test_the_wheel_holds_pages_assets_and_migrations(installed: Path) -> None:
    package = installed / "dash_kpi"

    assert {path.name for path in (package / "pages").iterdir()} >= {"overview.py", "data.py", "frame.py"}
    assert {path.name for path in (package / "assets").iterdir()} >= {"app.css", "app.js", "theme.js", "vendor"}
    assert list((package / "assets" / "vendor").glob("plotly*.js"))
    assert list((package / "storage" / "migrations" / "versions").glob("0001*.py"))


def test_the_demo_of_an_installed_wheel_starts_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    folder = tmp_path / "empty"
    folder.mkdir()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dash_kpi", "demo", "--port", "0"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(installed)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = wait_for(lambda: re.search(r"Dash KPI is at (\S+)", log.read_text("utf-8")), 60, f"the address in {log}")
        page = urlopen(url.group(1)).read().decode()
        layout = urlopen(f"{url.group(1)}/_dash-layout").read().decode()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0

    assert "<title>" in page
    assert "bar-period" in layout
    assert (folder / "instance" / "inbox" / "sample").is_dir()


def test_every_package_is_installed() -> None:
    root = Path(__file__).parents[1]
    listed = ConfigParser(interpolation=None)
    listed.read(root / "setup.cfg")
    packages = set(listed["options"]["packages"].split())

    found = {".".join(path.parent.relative_to(root).parts) for path in (root / "dash_kpi").glob("**/__init__.py")}
    assert found <= packages

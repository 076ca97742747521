"""A real browser for the pages that benchmarks write, where one is installed."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def browse(tmp_path: Path) -> Callable[[str, str], str]:
    """Give what a browser makes of a page after a script at its end has run."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")

    def shown(page: str, script: str) -> str:
        file = tmp_path / "page.html"
        file.write_text(page.replace("</html>", script + "</html>"), encoding="utf-8")
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
        return subprocess.run(
            [*command, file.as_uri()], capture_output=True, text=True, check=True, timeout=120
        ).stdout

    return shown

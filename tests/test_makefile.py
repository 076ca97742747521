"""The Makefile's commands are listed, explained, and expand to what is there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, flags=re.MULTILINE)
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def made(*arguments: str) -> str:
    """Return what make prints; options of a make that runs this suite are not handed on."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", "--directory", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_alone_lists_every_command() -> None:
    listed = re.findall(r"^  make ([a-z-]+) +\S", made(), flags=re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert phony is not None
    assert sorted(listed) == sorted(COMMANDS) == sorted(phony[1].split())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_expands_to_something(command: str) -> None:
    assert made("--dry-run", command).strip()


def test_the_commands_that_the_pages_name_are_there() -> None:
    for page in PAGES:
        named = re.findall(r"\bmake ([a-z-]+)", "".join(code_of(page.read_text(encoding="utf-8"))))
        assert named, page
        assert set(named) <= set(COMMANDS), page


def code_of(text: str) -> list[str]:
    """Return what a page shows as code, in blocks and in lines."""
    return re.findall(r"```.*?```|`[^`]+`", text, flags=re.DOTALL)


def test_benchmarks_are_run_by_their_module() -> None:
    assert "-m wherefrom.benchmarks.everything --data ../shared/data" in made("--dry-run", "bench")

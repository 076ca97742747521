"""What the documentation says is so: commands, options, files, examples."""

import ast
import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from wherefrom.command import app

ROOT = Path(__file__).parents[1]
COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("models/*.md")])
PACKAGES = ("wherefrom", "kb", "indexes", "pipeline", "benchmarks")
EXAMPLES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).glob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


def options_of_commands() -> dict[str, set[str]]:
    """Return the options of every command that the command line has, with those of its own."""
    group = typer.main.get_command(app)
    return {
        name: {
            option
            for each in (command, *getattr(command, "commands", {}).values())
            for parameter in each.params
            for option in parameter.opts
            if option[0] == "-"
        }
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


def documented_options() -> dict[str, set[str]]:
    """Return the options that docs/command-line.md names under each command's heading."""
    sections = re.split(r"^## wherefrom (\S+)$", COMMAND_LINE, flags=re.MULTILINE)[1:]
    return {
        name: set(re.findall(r"^\| `(-[^ `]*)", section, flags=re.MULTILINE))
        for name, section in zip(sections[::2], sections[1::2], strict=True)
    }


def test_every_command_and_option_is_documented_and_none_that_is_not_there() -> None:
    assert documented_options() == options_of_commands()


def test_every_source_is_documented() -> None:
    from wherefrom.kb.source import SCHEMES

    documented = re.findall(r"^\| `([a-z]+)[:`]", COMMAND_LINE, flags=re.MULTILINE)
    assert sorted(documented) == sorted(SCHEMES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_examples_in_docstrings_run(path: Path) -> None:
    name = path.stem if path.parent.name == "wherefrom" else f"{path.parent.name}.{path.stem}"
    module = importlib.import_module(f"wherefrom.{name}".removesuffix(".__init__"))
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not target.startswith(("http://", "https://")):
            assert (path.parent / target).exists(), f"{target} does not exist"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_python_in_pages_is_python(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        ast.parse(block)


MARKS = ("<!-- scorecard -->", "<!-- end of scorecard -->")
SCORECARD = ROOT / "benchmarks" / "results" / "scorecard" / "scorecard.md"


def test_the_readme_shows_the_table_of_the_scorecard() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition(MARKS[0])[2].partition(MARKS[1])[0].strip()
    table = SCORECARD.read_text(encoding="utf-8") if SCORECARD.is_file() else ""
    assert all(mark in readme for mark in MARKS)
    assert shown == table.strip()


def test_a_table_is_put_between_the_marks_and_nothing_else_is_changed(tmp_path: Path) -> None:
    page, table = tmp_path / "page.md", tmp_path / "table.md"
    table.write_text("| a |\n| --- |\n| é |\n", encoding="utf-8")
    page.write_text(f"Before.\n\n{MARKS[0]}\nold\n{MARKS[1]}\n\nAfter.\n", encoding="utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "scorecard_table.py"), str(table), str(page)]
    for _ in range(2):
        subprocess.run(command, check=True)
        shown = f"{MARKS[0]}\n\n| a |\n| --- |\n| é |\n\n{MARKS[1]}"
        assert page.read_text(encoding="utf-8") == f"Before.\n\n{shown}\n\nAfter.\n"
    page.write_text("No place.\n", encoding="utf-8")
    failed = subprocess.run(command, check=False, capture_output=True, text=True)
    assert failed.returncode == 1 and "has no place for a scorecard" in failed.stderr
    assert page.read_text(encoding="utf-8") == "No place.\n"

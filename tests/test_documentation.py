"""What the documentation says is so: commands, options, files, examples."""

import ast
import doctest
import importlib
import re
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

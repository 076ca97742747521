"""The README's commands and code run, and print the answers that it shows.

The starter knowledge base is stood in for by one of the articles that the README cites and some
others, so that this takes seconds.
"""

import bz2
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from wherefrom.command import run
from wherefrom.kb.source import read_source

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
OTHERS = 60  # articles beside those that are cited
DUMP = """<mediawiki><siteinfo><sitename>Wikipedia</sitename><namespaces>
<namespace key="0" case="first-letter" /></namespaces></siteinfo>
<page><title>Ada</title><ns>0</ns><id>1</id><revision><id>2</id>
<text>'''Ada''' wrote the first program.</text></revision></page></mediawiki>"""

pytestmark = pytest.mark.slow


def blocks(language: str) -> list[str]:
    """Return the README's code blocks in one language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    return [str(block) for block in found]


def shown_commands() -> Iterator[tuple[str, str]]:
    """Go over the commands of the console blocks, each with the output shown below it."""
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def cited_titles() -> set[str]:
    """Return the titles of the articles that the README shows as cited."""
    shown = re.findall(r"^(?:\[\d+\] (.*?) · |\d+\. (.*?)  )", README, flags=re.MULTILINE)
    return {cited or found for cited, found in shown}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a small `starter.kb`, and the files that the README builds from."""
    folder = tmp_path_factory.mktemp("readme")
    titles = cited_titles()
    articles = list(read_source("starter"))
    chosen = [a for number, a in enumerate(articles) if a.title in titles or number < OTHERS]
    lines = [
        json.dumps({"id": a.id, "title": a.title, "text": a.text, "url": a.url}) for a in chosen
    ]
    (folder / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "papers").mkdir()
    (folder / "papers" / "one.txt").write_text("Bees dance to tell where flowers are.")
    (folder / "dump.xml.bz2").write_bytes(bz2.compress(DUMP.encode()))
    assert run(["build", str(folder / "starter.kb"), f"jsonl:{folder / 'articles.jsonl'}"]) == 0
    return folder


def test_the_examples_answer_as_shown(here, monkeypatch, capsys):
    monkeypatch.chdir(here)
    commands = list(shown_commands())
    assert commands
    for command, output in commands:
        name, *arguments = shlex.split(command)
        assert name.rpartition("/")[2] == "wherefrom"
        capsys.readouterr()
        assert run(arguments) == 0
        printed = capsys.readouterr().out
        assert printed.partition("  ")[0] == output.partition("  ")[0], printed
        cited = [line for line in output.splitlines() if line.startswith("    ")]
        assert cited and set(cited) <= set(printed.splitlines()), printed


def test_the_python_runs(here, monkeypatch):
    monkeypatch.chdir(here)
    assert blocks("python")
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})


def test_the_ways_to_build_work(here, monkeypatch):
    monkeypatch.chdir(here)
    commands = re.findall(r"^wherefrom build (\S+) (\S+)", README, flags=re.MULTILINE)
    assert len(commands) >= 3
    for knowledge_base, source in commands:
        assert run(["build", knowledge_base, source]) == 0

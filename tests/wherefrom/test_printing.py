"""JSON can be read back whatever stdout encodes; people's text is not read as markup."""

import io
import json
import re
import sys

import pytest
from rich.text import Text

from wherefrom.printing import print_fields, print_json, print_text


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1252"])
def test_json_survives_any_encoding(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    value = {"text": "Élan 東京 \U0001f600"}
    print_json(value)
    sys.stdout.flush()
    assert json.loads(raw.getvalue().decode(encoding)) == value


def test_json_keeps_letters_readable(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="utf-8"))
    print_json({"text": "東京"})
    sys.stdout.flush()
    assert "東京" in raw.getvalue().decode("utf-8")


def test_text_is_not_wrapped_away_from_a_terminal(capsys):
    long = "word " * 100 + "[bold]end[/]\n"
    print_text(Text(long))
    assert capsys.readouterr().out == long


def test_on_a_terminal_wrapped_lines_keep_their_indentation(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    print_text(Text.assemble(("head", "bold"), "\n\n    " + "word " * 20 + "[bold]end[/]\n"))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert lines[:2] == ["head", ""]
    assert len(lines) > 4
    assert all(line.startswith("    word") for line in lines[2:-1])
    assert lines[-1].strip().endswith("[bold]end[/]")


def test_fields_stand_under_each_other(capsys):
    print_fields("title", {"a": 1234, "longer": "x"})
    assert capsys.readouterr().out == "title\n  a       1,234\n  longer  x\n"

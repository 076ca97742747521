"""All benchmarks are planned, say what they are, and run by `make bench`."""

import argparse
import importlib
import json
import sys
from pathlib import Path

import pytest

from wherefrom.benchmarks import everything
from wherefrom.benchmarks.everything import Run, planned, run

ROOT = Path(__file__).parents[2]
FOLDER = Path(everything.__file__).parent
MODULES = sorted(
    path.stem
    for path in FOLDER.glob("*.py")
    if "def main(" in path.read_text(encoding="utf-8") and path.stem != "everything"
)


def test_every_benchmark_is_planned(tmp_path):
    runs = planned(tmp_path / "data", tmp_path / "starter.kb")
    assert {one.module for one in runs} == set(MODULES)
    assert len({one.name for one in runs}) == len(runs)


@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_says_what_it_measures_and_where_to(name, monkeypatch, capsys):
    module = importlib.import_module(f"wherefrom.benchmarks.{name}")
    assert f"python -m wherefrom.benchmarks.{name} " in module.__doc__
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit):
        module.main()
    printed = capsys.readouterr().out
    assert "--out" in printed


@pytest.mark.parametrize("name", MODULES)
def test_a_planned_run_is_one_that_the_benchmark_takes(name, tmp_path, monkeypatch):
    """Read the options of the plan with the benchmark's own parser, and run nothing."""
    module = importlib.import_module(f"wherefrom.benchmarks.{name}")
    read = []
    parse = argparse.ArgumentParser.parse_args

    def parse_and_stop(parser):
        read.append(parse(parser))
        raise InterruptedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_and_stop)
    for one in planned(tmp_path / "data", tmp_path / "starter.kb"):
        if one.module == name:
            out = tmp_path / f"{one.name}.json"
            monkeypatch.setattr(sys, "argv", [name, *one.options, "--out", str(out)])
            with pytest.raises(InterruptedError):
                module.main()
            assert read[-1].out == out


def test_what_is_absent_is_left_out_and_what_fails_is_named(tmp_path, capsys):
    out = tmp_path / "results"
    runs = [
        Run("here", "help_time", ("--runs", "1")),
        Run("absent", "reader", (), (tmp_path / "none.json",)),
        Run("broken", "help_time", ("--runs", "many")),
    ]
    assert run(runs, out) == ["broken"]
    assert [path.name for path in out.iterdir()] == ["here.json"]
    assert f"absent: left out, {tmp_path / 'none.json'} is not here" in capsys.readouterr().out


def test_an_unknown_name_is_refused_with_what_there_is(tmp_path, monkeypatch, capsys):
    arguments = ["--data", "x", "--kb", "y", "--out", str(tmp_path), "--only", "help_tmie"]
    monkeypatch.setattr(sys, "argv", ["everything", *arguments])
    with pytest.raises(SystemExit):
        everything.main()
    assert "unknown benchmark help_tmie; choose of help_time, " in capsys.readouterr().err


@pytest.mark.skipif(not (ROOT / "benchmarks" / "results").is_dir(), reason="no results here")
def test_the_results_that_are_kept_are_those_of_the_plan(tmp_path):
    names = {one.name: one.module for one in planned(tmp_path, tmp_path)}
    for file in sorted((ROOT / "benchmarks" / "results").glob("*.json")):
        found = json.loads(file.read_text(encoding="utf-8"))
        assert file.stem in names, f"{file.name} is the result of no planned benchmark"
        assert found["benchmark"] == names[file.stem]
        assert found["made_by"]["commit"], file.name

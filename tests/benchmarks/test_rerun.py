"""Runs that are done again, and runs that are killed: the same bytes, or a loud refusal."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wherefrom.benchmarks.prediction import read_predictions
from wherefrom.benchmarks.rerun import Found, rerun
from wherefrom.benchmarks.respondents import open_respondent
from wherefrom.benchmarks.run import MANIFEST, METRICS, PREDICTIONS, run_task
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.command import run
from wherefrom.kb.errors import ReproductionError, UsageError

pytestmark = pytest.mark.usefixtures("one_thread")

CITIES = ("Paris", "Berlin", "Rome", "Madrid", "Vienna")
LANDS = ("France", "Germany", "Italy", "Spain", "Austria")
TASK = "2wikimultihopqa"
LINES = 5 * len(CITIES)  # predictions, in all arms


@pytest.fixture(scope="module")
def made(tmp_path_factory, tiny_encoder_folder: Path, tiny_reader_folder: Path) -> Path:
    """Give a folder with a knowledge base, questions, a reader, and a run of all arms."""
    folder = tmp_path_factory.mktemp("made")
    pairs = list(zip(CITIES, LANDS, strict=True))
    texts = [
        {"id": city, "title": city, "text": f"{city} is the capital of {land}. {other} is not."}
        for (city, land), other in zip(pairs, CITIES[1:] + CITIES[:1], strict=True)
    ]
    asked = [
        {"id": n, "question": f"What is the capital of {land}?", "answer": city}
        | {"gold_titles": [city]}
        for n, (city, land) in enumerate(pairs)
    ]
    for name, rows in (("texts", texts), ("questions", asked)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    extend(folder / "cities.kb", folder / "texts.jsonl", tiny_encoder_folder)
    shutil.copytree(tiny_reader_folder, folder / "reader")
    respondent, described = open_respondent(
        folder / "cities.kb", reader=str(folder / "reader"), device="cpu", k=3
    )
    data, out = folder / "questions.jsonl", folder / "done"
    more = {"described": described, "suspects": respondent.suspects()}
    run_task(TASKS[TASK], data, out, respondent, **more)
    return folder


@pytest.fixture
def done(made: Path, tmp_path: Path) -> Path:
    """Give a copy of the run, which a test may change."""
    shutil.copytree(made / "done", tmp_path / "done")
    return tmp_path / "done"


def extend(kb: Path, texts: Path, encoder: Path) -> None:
    assert run(["build", str(kb), f"jsonl:{texts}", "--encoder", str(encoder)]) == 0


def moved(made: Path, tmp_path: Path) -> Found:
    """Copy what the run was made of to another place."""
    for name in ("cities.kb", "reader"):
        shutil.copytree(made / name, tmp_path / name)
    data = tmp_path / "questions.jsonl"
    shutil.copy(made / "questions.jsonl", data)
    return Found(data=data, kb=tmp_path / "cities.kb", reader=str(tmp_path / "reader"))


def test_a_run_is_done_again_byte_for_byte(done, tmp_path):
    again = rerun(done, tmp_path / "again")
    assert again.compared == LINES
    for name in (PREDICTIONS, METRICS):
        assert (tmp_path / "again" / name).read_bytes() == (done / name).read_bytes()


def test_a_run_is_done_again_from_another_folder_than_it_was_named_from(
    made, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(made)
    words = ["bench", TASK, "--data", "questions.jsonl", "--kb", "cities.kb", "--reader", "reader"]
    assert run([*words, "--arms", "gold", "--out", str(tmp_path / "run")]) == 0
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert run(["bench", "rerun", "run", "--out", "again"]) == 0
    told = f"{len(CITIES)} predictions are identical, byte for byte\n"
    assert capsys.readouterr().out == told


def test_hashes_decide_and_paths_are_hints(made, done, tmp_path, capsys):
    manifest = json.loads((done / MANIFEST).read_text())
    manifest["opened"] |= {"data": "gone.jsonl", "kb": "gone.kb"}
    (done / MANIFEST).write_text(json.dumps(manifest))
    found = moved(made, tmp_path)
    with pytest.raises(UsageError, match=r"the data of .* was gone.jsonl, .*\(--data\)"):
        rerun(done, tmp_path / "again")
    with pytest.raises(UsageError, match=r"the kb of .* was gone.kb, .*\(--kb\)"):
        rerun(done, tmp_path / "again", found=Found(data=found.data))
    words = ["bench", "rerun", done, "--out", tmp_path / "again"]
    words += ["--kb", found.kb, "--data", found.data, "--reader", found.reader]
    assert run(list(map(str, words))) == 0
    assert capsys.readouterr().out == f"{LINES} predictions are identical, byte for byte\n"


def test_what_differs_is_named_before_anything_is_said(made, done, tmp_path, tiny_encoder_folder):
    found = moved(made, tmp_path)
    more = tmp_path / "more.jsonl"
    more.write_text('{"id": "Riga", "title": "Riga", "text": "Riga is old."}\n')
    extend(found.kb, more, tiny_encoder_folder)
    found.data.write_text(found.data.read_text() + "\n")
    manifest = json.loads((done / MANIFEST).read_text())
    manifest["made_by"]["packages"]["wherefrom"] = "0.0.1"
    (done / MANIFEST).write_text(json.dumps(manifest))
    described = tmp_path / "reader" / "reader.json"
    reader = json.loads(described.read_text())
    reader["calibration"]["answer_bias"] = 0.5
    described.write_text(json.dumps(reader))
    with pytest.raises(UsageError) as refused:
        rerun(done, tmp_path / "again", found=found)
    told = str(refused.value)
    for name in ("version was '0.0.1'", "data_sha256 was", "knowledge_base.digest was"):
        assert name in told
    assert f"knowledge_base.documents was {len(CITIES)} and is {len(CITIES) + 1}" in told
    assert "reader.settings_sha256 was" in told
    assert "reader.weights_sha256" not in told
    assert not (tmp_path / "again").exists()


def test_other_predictions_are_an_error_that_names_the_first(done, tmp_path):
    lines = (done / PREDICTIONS).read_text().splitlines(keepends=True)
    changed = json.loads(lines[4]) | {"probability": 0.123}
    lines[4] = json.dumps(changed, ensure_ascii=False) + "\n"
    (done / PREDICTIONS).write_text("".join(lines))
    with pytest.raises(ReproductionError, match="line 5 is not that of"):
        rerun(done, tmp_path / "again")
    (done / PREDICTIONS).write_text("".join(lines[:4]) + lines[4][:20])
    assert rerun(done, tmp_path / "again").compared == 4


def test_a_run_is_not_done_again_into_itself_or_from_nothing(done, tmp_path):
    with pytest.raises(UsageError, match="is the run itself"):
        rerun(done, done)
    with pytest.raises(UsageError, match="is no run"):
        rerun(tmp_path / "none", tmp_path / "again")


def test_retrieval_is_done_again_with_changed_queries(made, tmp_path, capsys):
    words = ["bench", "multihop", "--data", made / "questions.jsonl", "--kb", made / "cities.kb"]
    words += ["--changed", "typos", "--device", "cpu", "--out", tmp_path / "found"]
    assert run(list(map(str, words))) == 0
    metrics = json.loads((tmp_path / "found" / METRICS).read_text())
    assert {"dense", "sparse", "dense+typos", "sparse+typos"} <= metrics["arms"].keys()
    assert {"sparse_less_dense", "sparse+typos_less_sparse"} <= metrics["differences"].keys()
    assert "sparse+typos_less_dense" not in metrics["differences"]
    assert any(line.startswith("With typing errors, dense does") for line in metrics["findings"])
    assert metrics["contamination"]["knowledge_base"]["n"] == len(CITIES)
    lines = (tmp_path / "found" / PREDICTIONS).read_text().splitlines()
    capsys.readouterr()
    words = ["bench", "rerun", tmp_path / "found", "--out", tmp_path / "again"]
    assert run(list(map(str, words))) == 0
    told = f"{len(lines)} predictions are identical, byte for byte\n"
    assert capsys.readouterr().out == told
    with (made / "questions.jsonl").open() as asked:
        (tmp_path / "less.jsonl").write_text("".join(list(asked)[1:]))
    with pytest.raises(UsageError, match="data_sha256 was"):
        rerun(tmp_path / "found", tmp_path / "b", found=Found(data=tmp_path / "less.jsonl"))


def test_examples_spread_over_a_file_are_so_again(made, tmp_path):
    respondent, described = open_respondent(None, reader=str(made / "reader"), device="cpu")
    task, data = TASKS["question"], made / "questions.jsonl"
    more = {"described": described, "limit": 2, "spread": True}
    done = run_task(task, data, tmp_path / "done", respondent, arms=["none"], **more)
    first, second = (int(one.id) for one in read_predictions(done.folder / PREDICTIONS))
    assert first in (0, 1) and second in (2, 3)
    assert rerun(tmp_path / "done", tmp_path / "again").compared == 2


@pytest.mark.slow
def test_a_killed_run_goes_on_and_equals_an_undisturbed_one(made, tmp_path):
    out = tmp_path / "killed"
    words = ["bench", TASK, "--data", made / "questions.jsonl", "--out", out, "-k", 3]
    words += ["--kb", made / "cities.kb", "--reader", made / "reader", "--device", "cpu"]
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("bench_server.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    moments = [(MANIFEST, 1), *((PREDICTIONS, lines) for lines in (1, 5, 7, LINES - 1)), ("", None)]
    reports = []
    for name, lines in moments:
        order = {"words": [str(word) for word in words], "file": str(out / name), "lines": lines}
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        reports.append(json.loads(server.stdout.readline()))
    server.stdin.close()
    server.wait(30)
    server.stdout.close()
    assert [report["killed"] for report in reports] == [True] * (len(moments) - 1) + [False]
    assert reports[-1]["code"] == 0
    for name in (PREDICTIONS, METRICS):
        assert (out / name).read_bytes() == (made / "done" / name).read_bytes()

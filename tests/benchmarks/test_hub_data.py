"""Examples of data sets of the library `datasets`, from files and folders of this machine."""

import datetime
import json
import shutil
from pathlib import Path

import pytest

from wherefrom.benchmarks.hub_data import read_columns, take_data
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.command import run
from wherefrom.kb.errors import RecordError, SourceError, UsageError


def saved(folder: Path, columns: dict[str, list[object]], **kinds: object) -> str:
    """Save a data set as `save_to_disk` does."""
    from datasets import Dataset

    rows = Dataset.from_dict(columns)
    for name, kind in kinds.items():
        rows = rows.cast_column(name, kind)
    rows.save_to_disk(folder / "saved")
    return str(folder / "saved")


def examples(task: str, location: str, out: Path, **more):
    file = take_data(location, TASKS[task], out, **more)
    return list(TASKS[task].read(file))


def test_numbers_of_classes_become_names_and_pairs_without_a_label_are_left_out(tmp_path):
    from datasets import ClassLabel

    columns = {"premise": ["A man."] * 3, "hypothesis": ["A dog."] * 3, "label": [2, -1, 0]}
    names = ClassLabel(names=["entailment", "neutral", "contradiction"])
    location = saved(tmp_path, columns, label=names)
    found = examples("snli", location, tmp_path / "run")
    assert [one.gold for one in found] == [("contradiction",), ("entailment",)]
    assert found[0].evidence[0].text == "A man."


def test_choices_as_two_lists_become_a_list_of_choices(tmp_path):
    choices = [{"label": ["A", "B"], "text": ["on foot", "by train"]}]
    columns = {"question": ["How?"], "choices": choices, "answerKey": ["B"], "context": [None]}
    (found,) = examples("commonsenseqa", saved(tmp_path, columns), tmp_path / "run")
    assert [option.text for option in found.options] == ["on foot", "by train"]
    assert (found.gold, found.evidence) == (("B",), ())


def test_flat_questions_become_those_of_squad(tmp_path):
    columns = {
        "id": ["a", "b"],
        "title": ["Paris"] * 2,
        "context": ["Paris is old."] * 2,
        "question": ["What is old?", "What is new?"],
        "answers": [
            {"text": ["Paris"], "answer_start": [0]},
            {"text": [], "answer_start": []},
        ],
    }
    found = examples("squad2", saved(tmp_path, columns), tmp_path / "run")
    assert [(one.id, one.gold) for one in found] == [("a", ("Paris",)), ("b", ())]
    assert found[1].evidence[0].text == "Paris is old."


def test_a_split_of_a_folder_is_read_and_columns_are_named(tmp_path):
    for split, label in (("train", True), ("validation", False)):
        row = {"said": "It is so.", "label": label}
        (tmp_path / f"{split}.jsonl").write_text(json.dumps(row) + "\n")
    columns = read_columns(["statement=said"])
    location = f"{tmp_path}:validation"
    (found,) = examples("creak", location, tmp_path / "run", columns=columns)
    assert (found.text, found.gold) == ("It is so.", ("false",))
    with pytest.raises(SourceError, match=r"no column 'sad'; .* \(did you mean said\?\)"):
        take_data(location, TASKS["creak"], tmp_path / "other", columns={"statement": "sad"})
    assert not list((tmp_path / "other").iterdir())
    with pytest.raises(UsageError, match="WANTED=COLUMN, found 'said'"):
        read_columns(["said"])


def test_what_a_run_took_is_kept_once_it_has_begun(tmp_path, tiny_reader_folder, one_thread):
    columns = {"premise": ["A.", "B."], "hypothesis": ["A.", "C."], "label": ["neutral"] * 2}
    location, out = saved(tmp_path, columns), tmp_path / "run"
    words = ["bench", "snli", "--data", f"hf:{location}", "--out", str(out)]
    words += ["--reader", str(tiny_reader_folder)]
    assert run([*words, "--arms", "gold,retrieved"]) == 2
    assert [one.name for one in out.iterdir()] == ["data.jsonl"]
    assert run([*words, "--arms", "gold"]) == 0
    before = (out / "predictions.jsonl").read_bytes()
    shutil.rmtree(location)
    assert run([*words, "--arms", "gold"]) == 0
    assert run(["bench", "rerun", str(out), "--out", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "predictions.jsonl").read_bytes() == before
    words[3] = "hf:another"
    assert run([*words, "--arms", "gold"]) == 2


def test_a_folder_of_something_else_stays_as_it_is(tmp_path, tiny_reader_folder, one_thread):
    location, out = saved(tmp_path, {"premise": ["A."]}), tmp_path / "notes"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    words = ["bench", "snli", "--data", f"hf:{location}", "--out", str(out)]
    assert run([*words, "--reader", str(tiny_reader_folder)]) == 2
    assert [one.name for one in out.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("task", "columns", "told"),
    [
        ("creak", {"statement": ["A."], "at": [datetime.datetime(2020, 1, 1)]}, "row 0: cannot be"),
        ("squad", {"id": ["a"], "answers": ["Paris"]}, "row 0: the answers are a string"),
    ],
)
def test_rows_that_no_file_can_hold_are_named(task, columns, told, tmp_path):
    with pytest.raises(RecordError, match=told):
        take_data(saved(tmp_path, columns), TASKS[task], tmp_path / "run")
    assert not list((tmp_path / "run").glob("*"))

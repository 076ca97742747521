"""Examples that stand in a knowledge base or in what was trained on are counted and told."""

import json
import random
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wherefrom.benchmarks.contamination import (
    IN_KNOWLEDGE,
    IN_TRAINING,
    Suspects,
    in_texts,
    in_training,
)
from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.command import run
from wherefrom.pipeline.records import Option

pytestmark = pytest.mark.usefixtures("one_thread")

TWELVE = "company that built the old bridge over the river move to the"
LONG = f"In which year did the {TWELVE} coast?"
ASKED = [
    Example("short", "Capital of France?", ("Paris",)),
    Example("plain", "Who painted the old bridge?", ("Ada Stone",)),
    Example("long", LONG, ("1912",)),
    Example("none", "What did nobody ever answer?", ()),
]


def counted(*texts: str, examples=ASKED, shape="question") -> tuple[int, int, list[str]]:
    found = in_texts(shape, examples, texts)
    assert found["n"] == sum(len(one.text.split()) >= 5 for one in examples)
    return found["verbatim"], found["with_answer"], found["first"]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["The old bridge was painted by Ada Stone. Paris is the capital of France."], (0, 0, [])),
        (["Capital of France? Paris"], (0, 0, [])),
        (["Q: WHO painted\nthe old  bridge -- A: Ada Stone"], (1, 1, ["plain"])),
        (["Ada Stone. Who painted the old bridge?"], (1, 1, ["plain"])),
        (["Who painted the old bridge?", "Ada Stone did."], (1, 0, ["plain"])),
        (["Who painted the old", "bridge? Ada Stone"], (0, 0, [])),
        (["Who painted the old bridge? Ada Stoneman"], (1, 0, ["plain"])),
        ([f"the {TWELVE}; 1912"], (1, 1, ["long"])),
        ([f"{TWELVE}; 1912"], (0, 0, [])),
        (["What did nobody ever answer?"], (1, 0, ["none"])),
    ],
)  # fmt: skip
def test_what_stands_word_for_word_and_beside_its_answer_is_counted(texts, wanted):
    assert counted(*texts) == wanted


def test_a_right_choice_is_an_answer_and_a_wrong_one_is_none():
    options = (Option("A", "by train"), Option("B", "on foot"))
    asked = [Example("c", "How did the old man travel?", ("B",), options)]
    assert counted("How did the old man travel? By train", examples=asked, shape="choices")[1] == 0
    assert counted("How did the old man travel? On foot!", examples=asked, shape="choices")[1] == 1


def test_chinese_is_looked_for_by_characters():
    asked = [Example("zh", "法国的首都是哪里", ("巴黎",))]
    found = in_texts("question", asked, ["问:法国的首都是哪里?答:巴黎。"])
    assert (found["n"], found["with_answer"]) == (1, 1)


def test_counts_are_those_of_a_slow_search_over_many_blocks():
    chance = random.Random(3)
    vocabulary = [f"w{n}" for n in range(6)]
    asked = [
        Example(str(n), " ".join(chance.choices(vocabulary, k=chance.randint(3, 16))), ("w0",))
        for n in range(300)
    ]
    texts = [" ".join(chance.choices(vocabulary, k=80)) for _ in range(4_000)]

    def stands(example: Example) -> bool:
        words = example.text.split()
        size = min(13, len(words))
        grams = [f" {' '.join(words[n : n + size])} " for n in range(len(words) - size + 1)]
        return len(words) >= 5 and any(gram in f" {text} " for gram in grams for text in texts)

    found = in_texts("question", asked, texts)
    assert found["verbatim"] == sum(map(stands, asked))
    assert 0 < found["verbatim"] < found["n"] < 300


def test_many_runs_are_looked_for_in_one_pass_and_counted_apart():
    texts = ["Who painted the old bridge? Ada Stone", f"the {TWELVE}; 1912", "of plain"]
    passes = []

    def gone_over() -> Iterator[str]:
        passes.append(texts)
        yield from texts

    runs = [("question", ASKED[:2]), ("pair", ASKED), ("query", ASKED[1:]), ("question", ASKED)]
    looked = Suspects(gone_over).ahead(runs)
    names = {"question": "question", "pair": "snli", "query": "multihop"}
    found = [
        suspects.count(TASKS[names[shape]], Path("any"), examples)
        for suspects, (shape, examples) in zip(looked, runs, strict=True)
    ]
    assert len(passes) == 1
    alone = [in_texts(shape, examples, texts) for shape, examples in runs]
    assert found[1] == {}
    assert [found[n]["knowledge_base"] for n in (0, 2, 3)] == [alone[n] for n in (0, 2, 3)]
    counts = [(one["verbatim"], one["with_answer"], one["first"]) for one in alone]
    assert counts[0] == (1, 1, ["plain"])
    assert counts[2] == (2, 0, ["plain", "long"])
    assert counts[3] == (2, 2, ["plain", "long"])


def test_memory_does_not_grow_with_the_passages():
    def texts(count: int) -> Iterator[str]:
        return (f"{n} " * 40 for n in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        in_texts("question", ASKED, texts(count))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(40_000) < 1.5 * peak(10_000)


def test_examples_of_a_file_that_was_trained_on_are_counted_whatever_their_label(tmp_path):
    rows = [("A man sleeps.", "He is awake.", "contradiction"), ("A dog.", "A cat.", "neutral")]
    names = ("premise", "hypothesis", "label")
    files = []
    for number, chosen in enumerate((rows, [("a man SLEEPS", "He is awake", "neutral")])):
        file = tmp_path / f"{number}.jsonl"
        lines = [json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in chosen]
        file.write_text("".join(lines))
        files.append(file)
    task = TASKS["snli"]
    found = in_training(task, list(task.read(files[0])), files[1])
    assert found == {"file": "1.jsonl", "n": 2, "same": 1, "first": ["1"]}


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    rows = [
        {"id": "r", "question": "Which city is the capital of France?", "answer": "Paris"},
        {"id": "g", "question": "Which city is the capital of Germany?", "answer": "Berlin"},
    ]
    file = tmp_path / "asked.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_a_knowledge_base_made_of_the_questions_is_flagged_and_a_clean_one_is_not(
    asked, tmp_path, tiny_encoder_folder, tiny_reader_folder, write_jsonl: Callable[..., str]
):
    texts = {
        "clean": "Paris is the capital of France.",
        "made": asked.read_text(encoding="utf-8"),
    }
    found = {}
    for name, text in texts.items():
        source = write_jsonl([{"id": "a", "title": "Notes", "text": text}])
        kb, out = tmp_path / f"{name}.kb", tmp_path / name
        assert run(["build", str(kb), source, "--encoder", str(tiny_encoder_folder)]) == 0
        words = ["bench", "question", "--data", asked, "--out", out, "--kb", kb]
        words += ["--reader", tiny_reader_folder, "--arms", "none", "--trained-on", asked]
        assert run(list(map(str, words))) == 0
        found[name] = json.loads((out / "metrics.json").read_text())
    clean, made = (found[name]["contamination"]["knowledge_base"] for name in texts)
    assert clean == {"n": 2, "verbatim": 0, "with_answer": 0, "first": []}
    assert made == {"n": 2, "verbatim": 2, "with_answer": 2, "first": ["r", "g"]}
    assert found["clean"]["flags"] == [IN_TRAINING]
    assert found["made"]["flags"] == [IN_KNOWLEDGE, IN_TRAINING]
    assert found["made"]["findings"][-2:] == [
        "Of 2 examples of 5 words or more, 2 stand word for word in the knowledge base, 2 with an "
        "answer beside (the first is 'r').",
        "Of 2 examples, 2 stand in asked.jsonl too (the first is 'r').",
    ]
    assert "FLAGGED: the knowledge base holds" in (tmp_path / "made" / "report.html").read_text()
    words[words.index(tmp_path / "made")] = tmp_path / "unscanned"
    assert run([*map(str, words), "--no-scan"]) == 0
    unscanned = json.loads((tmp_path / "unscanned" / "metrics.json").read_text())
    assert unscanned["contamination"]["knowledge_base"] is None
    assert unscanned["flags"] == [IN_TRAINING]
    assert "was not looked through for the examples (--no-scan)" in unscanned["findings"][-2]
    again = ["bench", "rerun", tmp_path / "unscanned", "--out", tmp_path / "again"]
    assert run(list(map(str, again))) == 0
    assert json.loads((tmp_path / "again" / "metrics.json").read_text()) == unscanned

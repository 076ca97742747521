"""A knowledge base as a model of lm-evaluation-harness: what it says, and what it refuses."""

import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from wherefrom.benchmarks.harness import KnowledgeModel, asked, harness_model
from wherefrom.indexes.build import build
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.records import Option

pytestmark = pytest.mark.usefixtures("one_thread")


@dataclass
class Asked:
    """A request as those of the harness are."""

    args: tuple
    doc_id: int = 0
    task_name: str = "capitals"


@pytest.fixture
def kb(tmp_path: Path, write_jsonl: Callable[..., str], tiny_encoder_folder: Path) -> Path:
    rows = [
        {"id": "p", "title": "Paris", "text": "Paris is the capital of France."},
        {"id": "b", "title": "Berlin", "text": "Berlin is the capital of Germany."},
    ]
    folder = tmp_path / "tiny.kb"
    build(folder, [write_jsonl(rows)], options=BuildOptions(encoder=str(tiny_encoder_folder)))
    return folder


@pytest.fixture
def answerer(kb: Path, tiny_reader_folder: Path) -> Answerer:
    return Answerer.open(kb, reader=tiny_reader_folder, device="cpu", patience_seconds=math.inf)


PROMPT = "Question: What is the capital of France?\nAnswer:"
QUESTION = "What is the capital of France?"


@pytest.mark.parametrize(
    ("context", "question"),
    [
        (PROMPT, QUESTION),
        (f"Q: {QUESTION}\nA:", QUESTION),
        (QUESTION, QUESTION),
        ("A man sits down. He", "A man sits down. He"),
    ],
)
def test_the_question_of_a_prompt_is_found(context, question):
    assert asked(context) == question


@pytest.mark.parametrize(
    ("context", "told"),
    [
        (f"Question: Who?\nAnswer: Ada\n\n{PROMPT}", "take num_fewshot=0"),
        (f"Paris is old.\n{PROMPT}", "a text stands before the question"),
        ("Question:\nAnswer:", "asks nothing"),
    ],
)
def test_what_a_reader_would_not_read_is_refused(context, told):
    with pytest.raises(UsageError, match=told):
        asked(context)


def test_an_answer_is_that_of_ask_up_to_where_it_shall_end(answerer):
    model = KnowledgeModel(answerer, k=2)
    answer = answerer.ask(QUESTION, k=2).answer
    assert answer
    assert model.generate_until([Asked((PROMPT, {"until": ["\n\n"]}))]) == [answer]
    cut = answer[1]
    assert model.generate_until([Asked((PROMPT, {"until": cut}))]) == [answer.partition(cut)[0]]


def test_continuations_of_one_context_share_the_probabilities_of_choose(answerer):
    model = KnowledgeModel(answerer, k=2)
    texts = (" Paris", " Berlin", " Rome")
    found = model.loglikelihood([Asked((PROMPT, text)) for text in texts])
    options = [Option(str(number), text.strip()) for number, text in enumerate(texts)]
    chosen = answerer.choose(QUESTION, options, k=2)
    wanted = [math.log(chosen.probabilities[option.label]) for option in options]
    assert [chance for chance, _ in found] == pytest.approx(wanted)
    assert [greedy for _, greedy in found].index(True) == int(chosen.choice)


def test_what_only_a_language_model_can_say_is_refused(answerer):
    model = KnowledgeModel(answerer)
    with pytest.raises(UsageError, match="has one continuation alone"):
        model.loglikelihood([Asked((PROMPT, " Paris"), 1), Asked((PROMPT, " Paris"), 2)])
    with pytest.raises(UsageError, match="capitals measures how likely texts are"):
        model.loglikelihood_rolling([Asked(("Paris is old.",))])


def test_the_harness_takes_it_for_a_model(kb, tiny_reader_folder):
    model_class = pytest.importorskip("lm_eval.api.model", reason="lm-eval is not installed").LM
    from lm_eval.api.instance import Instance

    model = harness_model(kb, reader=str(tiny_reader_folder), device="cpu")
    assert isinstance(model, model_class)
    requests = [
        Instance("loglikelihood", {}, (PROMPT, text), number, ("capitals", 0, 1))
        for number, text in enumerate((" Paris", " Berlin"))
    ]
    found = model.loglikelihood(requests)
    assert math.fsum(math.exp(chance) for chance, _ in found) == pytest.approx(1.0)


TASK = """
task: capitals
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "Question: {{{{question}}}}\\nAnswer:"
doc_to_choice: "{{{{choices}}}}"
doc_to_target: "{{{{gold}}}}"
metric_list: [{{metric: acc, aggregation: mean, higher_is_better: true}}]
"""


@pytest.mark.slow
def test_the_harness_measures_what_choose_is_worth(kb, tiny_reader_folder, answerer, tmp_path):
    pytest.importorskip("lm_eval", reason="lm-eval is not installed")
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    cities = ["Paris", "Berlin"]
    asked_of = {"France": 0, "Germany": 1}
    rows = [
        {"question": f"What is the capital of {land}?", "choices": cities, "gold": gold}
        for land, gold in asked_of.items()
    ]
    data = tmp_path / "data.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "capitals.yaml").write_text(TASK.format(data=data), encoding="utf-8")
    known = TaskManager(include_path=str(tmp_path / "tasks"), include_defaults=False)
    model = harness_model(kb, reader=str(tiny_reader_folder), device="cpu", k=2)
    found = simple_evaluate(model=model, tasks=["capitals"], task_manager=known)
    options = [Option(str(number), city) for number, city in enumerate(cities)]
    right = [
        answerer.choose(str(row["question"]), options, k=2).choice == str(row["gold"])
        for row in rows
    ]
    assert found["results"]["capitals"]["acc,none"] == sum(right) / len(right)


def test_without_the_package_it_says_what_to_install(kb, monkeypatch):
    for name in ("lm_eval", "lm_eval.api.model"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelError, match="pip install lm-eval"):
        harness_model(kb)

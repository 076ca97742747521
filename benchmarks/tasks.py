"""The tasks that `wherefrom bench` knows by name. One more is one more value here."""

from wherefrom.benchmarks.choice_files import (
    BIAS_LINE,
    CHOICE_LINE,
    ENDING_LINE,
    NONSENSE_LINE,
    READING_LINE,
    SOLUTION_LINE,
    bias_examples,
    choice_examples,
    ending_examples,
    nonsense_examples,
    reading_examples,
    solution_examples,
    stereotype_examples,
)
from wherefrom.benchmarks.judgement_files import (
    CLAIM_LABELS,
    CLAIM_LINE,
    PAIR_LABELS,
    PAIR_LINE,
    TRUE_LINE,
    TRUTH,
    TWO_WAY,
    YES_NO,
    YES_NO_LINE,
    claim_examples,
    pair_examples,
    true_examples,
    two_way_examples,
    yes_no_examples,
)
from wherefrom.benchmarks.query_files import (
    BEIR_FORM,
    beir_corpus,
    beir_examples,
    beir_files,
    multihop_queries,
)
from wherefrom.benchmarks.question_files import (
    MULTIHOP_FORM,
    QUESTION_LINE,
    multihop_examples,
    question_examples,
    squad_examples,
)
from wherefrom.benchmarks.task import Task
from wherefrom.kb.errors import unknown_value

SQUAD_FORM = "SQuAD's JSON, versions 1.1 and 2.0"
CROWS_FORM = "the CSV file that was published (sent_more, sent_less, stereo_antistereo, bias_type)"

_QUESTIONS = {
    "question": (QUESTION_LINE, question_examples),
    "nq_open": (QUESTION_LINE, question_examples),
    "triviaqa": (QUESTION_LINE, question_examples),
    "webquestions": (QUESTION_LINE, question_examples),
    "2wikimultihopqa": (MULTIHOP_FORM, multihop_examples),
    "hotpotqa": (MULTIHOP_FORM, multihop_examples),
    "musique": (MULTIHOP_FORM, multihop_examples),
}
_CLAIMS = {
    "claim": (CLAIM_LINE, claim_examples, CLAIM_LABELS),
    "fever": (CLAIM_LINE, claim_examples, CLAIM_LABELS),
    "creak": (TRUE_LINE, true_examples, TRUTH),
    "com2sense": (TRUE_LINE, true_examples, TRUTH),
    "csqa2": (TRUE_LINE, true_examples, TRUTH),
    "boolq": (YES_NO_LINE, yes_no_examples, YES_NO),
    "strategyqa": (YES_NO_LINE, yes_no_examples, YES_NO),
}
_PAIRS = {
    "pair": (PAIR_LINE, pair_examples, PAIR_LABELS),
    "snli": (PAIR_LINE, pair_examples, PAIR_LABELS),
    "mnli": (PAIR_LINE, pair_examples, PAIR_LABELS),
    "xnli": (PAIR_LINE, pair_examples, PAIR_LABELS),
    "ocnli": (PAIR_LINE, pair_examples, PAIR_LABELS),
    "rte": (PAIR_LINE, two_way_examples, TWO_WAY),
    "scitail": (PAIR_LINE, two_way_examples, TWO_WAY),
    "hans": (PAIR_LINE, two_way_examples, TWO_WAY),
}
_CHOICES = {
    "choices": (CHOICE_LINE, choice_examples),
    "commonsenseqa": (CHOICE_LINE, choice_examples),
    "openbookqa": (CHOICE_LINE, choice_examples),
    "arc": (CHOICE_LINE, choice_examples),
    "siqa": (CHOICE_LINE, choice_examples),
    "codah": (CHOICE_LINE, choice_examples),
    "hellaswag": (ENDING_LINE, ending_examples),
    "piqa": (SOLUTION_LINE, solution_examples),
    "comve": (NONSENSE_LINE, nonsense_examples),
    "cosmosqa": (READING_LINE, reading_examples),
    "bbq": (BIAS_LINE, bias_examples),
    "crows_pairs": (CROWS_FORM, stereotype_examples),
}
TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        *(Task(name, "question", form, read) for name, (form, read) in _QUESTIONS.items()),
        Task("squad", "question", SQUAD_FORM, squad_examples, paragraph=True),
        Task("squad2", "question", SQUAD_FORM, squad_examples, paragraph=True, unanswerable=True),
        Task("cmrc2018", "question", SQUAD_FORM, squad_examples, paragraph=True),
        *(Task(name, "claim", form, read, kinds) for name, (form, read, kinds) in _CLAIMS.items()),
        *(Task(name, "pair", form, read, kinds) for name, (form, read, kinds) in _PAIRS.items()),
        Task("qnli", "pair", PAIR_LINE, two_way_examples, TWO_WAY, asks=True),
        *(Task(name, "choices", form, read) for name, (form, read) in _CHOICES.items()),
        Task("beir", "query", BEIR_FORM, beir_examples, files=beir_files, corpus=beir_corpus),
        Task("multihop", "query", MULTIHOP_FORM, multihop_queries),
    )
}


def find_task(name: str) -> Task:
    """Return the task of a name; raise UsageError, with the nearest name, where there is none."""
    if name not in TASKS:
        raise unknown_value("task", name, TASKS)
    return TASKS[name]

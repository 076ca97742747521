"""Show results as HTML cards: self-contained, every text escaped, links to http(s) only.

Colours are written on each element, because a notebook shares one page between all outputs.
"""

from collections.abc import Iterable, Sequence
from html import escape

from wherefrom.pipeline.records import (
    Answer,
    Check,
    Choice,
    Citation,
    Draft,
    Evidence,
    Path,
    Verdict,
)
from wherefrom.text import WHY_NO_ANSWER, listed, path_line, receipts, split_sentence

CARD = (
    "border:1px solid rgba(128,128,128,.4);border-radius:8px;padding:12px 16px;max-width:48em;"
    "font-family:system-ui,sans-serif;line-height:1.45"
)
MUTED = "opacity:.7;font-size:90%"
QUOTE = "background:rgba(255,212,0,.45);color:inherit;padding:0 2px;border-radius:3px"
VERDICT_COLOURS: dict[Verdict, str] = {
    "supported": "#1a7f37",
    "refuted": "#cf222e",
    "undecided": "#9a6700",
}


def answer_card(answer: Answer) -> str:
    """Show an answer with its probability and each citation's sentence."""
    if answer.draft is not None:
        said = _drafted(answer.draft)
    elif answer.abstained:
        said = (
            f"No answer {_muted(f'no passage answers this well enough ({answer.probability:.2f})')}"
        )
    else:
        said = f"{escape(answer.answer)} {_muted(f'probability {answer.probability:.2f}')}"
    return _card(answer.question, said, _citations(answer.citations) + _paths(answer.paths))


def _drafted(draft: Draft) -> str:
    """Show a draft sentence by sentence; those that are not supported are marked."""
    why = WHY_NO_ANSWER.get(draft.abstention, "")
    lines = [f"No answer {_muted(why)}"] if draft.abstention else []
    for sentence in draft.sentences:
        if sentence.verdict == "supported":
            lines.append(escape(sentence.text))
        else:
            lines.append(f"{_muted(sentence.text)} {_verdict(sentence.verdict)}")
    return "".join(f"<div>{line}</div>" for line in lines)


def check_card(check: Check) -> str:
    """Show a verdict with the probability of each and the citations."""
    said = f"{_verdict(check.verdict)} {_muted(listed(check.probabilities))}"
    return _card(check.claim, said, _citations(check.citations))


def choice_card(choice: Choice) -> str:
    """Show the label chosen with the probability of each and the citations."""
    said = f"{escape(choice.choice)} {_muted(listed(choice.probabilities))}"
    return _card(choice.question, said, _citations(choice.citations) + _paths(choice.paths))


def ranking_card(ranking: Sequence[Evidence]) -> str:
    """Show passages as a list, best first, each with the path to it where there is one."""
    items = "".join(
        f"<li value='{evidence.rank}' style='margin-top:8px'>"
        f"{_link(evidence.title, evidence.url)} "
        f"{_muted(f'{evidence.score:.4f} · {evidence.passage_id}')}"
        f"<div>{escape(evidence.text)}</div>{_path(evidence.path)}</li>"
        for evidence in ranking
    )
    return f"<div style='{CARD}'>{f'<ol>{items}</ol>' if items else 'No passage found.'}</div>"


def _card(asked: str, said: str, rest: str) -> str:
    return (
        f"<div style='{CARD}'><div style='{MUTED}'>{escape(asked)}</div>"
        f"<div style='font-size:120%;font-weight:600'>{said}</div>{rest}</div>"
    )


def _citations(citations: Iterable[Citation]) -> str:
    return "".join(_citation(citation) for citation in citations)


def _citation(citation: Citation) -> str:
    before, quote, after = split_sentence(citation)
    marked = f"<mark style='{QUOTE}'>{escape(quote)}</mark>" if quote else ""
    place = f"{citation.document_id}, characters {citation.start} to {citation.end}"
    return (
        "<div style='margin-top:10px;padding-left:10px;border-left:3px solid "
        f"{VERDICT_COLOURS[citation.verdict]}'>{escape(before)}{marked}{escape(after)}"
        f"<div style='font-size:90%'>{_link(citation.title, citation.url)} · "
        f"{_verdict(citation.verdict)} {citation.entailment:.2f} {_muted(place)}</div></div>"
    )


def _paths(paths: Iterable[Path]) -> str:
    return "".join(_path(path) for path in paths)


def _path(path: Path) -> str:
    """Show a path, and below it the receipt of each step; nothing where there is none."""
    if not path:
        return ""
    places = "".join(f"<div>{escape(receipt)}</div>" for receipt in receipts(path))
    return (
        f"<div style='margin-top:8px;{MUTED}'>path: {escape(path_line(path))}"
        f"<div style='padding-left:10px'>{places}</div></div>"
    )


def _verdict(verdict: Verdict) -> str:
    return f"<span style='color:{VERDICT_COLOURS[verdict]}'>{verdict}</span>"


def _link(title: str, url: str) -> str:
    if not url.startswith(("https://", "http://")):
        return f"<b>{escape(title)}</b>"
    return f"<a href='{escape(url)}' rel='noopener' target='_blank'>{escape(title)}</a>"


def _muted(text: str) -> str:
    return f"<span style='{MUTED};font-weight:400'>{escape(text)}</span>"

"""Find the sentences of evidence, and quote them with their place in the document."""

from collections.abc import Sequence
from dataclasses import dataclass

from wherefrom.kb.sentences import around, split_sentences
from wherefrom.pipeline.records import Citation, Evidence, Path, Verdict
from wherefrom.pipeline.statement import titled
from wherefrom.pipeline.verdict import Verification


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of one piece of evidence; all offsets count code points of its text."""

    evidence: Evidence
    start: int
    end: int
    sentence_start: int
    sentence_end: int

    @property
    def quote(self) -> str:
        """Return the words themselves."""
        return self.evidence.text[self.start : self.end]

    @property
    def sentence(self) -> str:
        """Return the sentence, or sentences, that the words stand in."""
        return self.evidence.text[self.sentence_start : self.sentence_end]

    @property
    def premise(self) -> str:
        """Return the sentence as it is put to the inference head: after its article's title."""
        return titled(self.evidence.title, self.sentence)

    @property
    def denied(self) -> str:
        """Return what the evidence says not to hold, after its title; empty where it asserts."""
        return titled(self.evidence.title, self.evidence.denies) if self.evidence.denies else ""


def quote(evidence: Evidence, start: int, end: int) -> Quoted:
    """Quote `evidence.text[start:end]` with every sentence that it touches."""
    return Quoted(evidence, start, end, *around(split_sentences(evidence.text), start, end))


def sentences(evidence: Sequence[Evidence]) -> list[Quoted]:
    """Quote every sentence of the evidence, each of a document's sentences once.

    Facts of one source lie at the same place, as each counts its own characters; words differ.
    """
    quoted: dict[tuple[str, int, int, str], Quoted] = {}
    for shown in evidence:
        for start, end in split_sentences(shown.text):
            said = shown.text[start:end]
            place = (shown.document_id, shown.start + start, shown.start + end, said)
            quoted.setdefault(place, Quoted(shown, start, end, start, end))
    return list(quoted.values())


def citation(quoted: Quoted, verification: Verification) -> Citation:
    """Make the citation of quoted words; its offsets are those of the document."""
    evidence = quoted.evidence
    verdict: Verdict = verification.verdict
    return Citation(
        passage_id=evidence.passage_id,
        document_id=evidence.document_id,
        title=evidence.title,
        url=evidence.url,
        start=evidence.start + quoted.start,
        end=evidence.start + quoted.end,
        quote=quoted.quote,
        sentence=quoted.sentence,
        verdict=verdict,
        entailment=verification.supported,
    )


def paths_to(cited: Sequence[Citation], evidence: Sequence[Evidence]) -> tuple[Path, ...]:
    """Return the paths that led to the cited passages, each once."""
    led = {item.passage_id: item.path for item in evidence}
    return tuple(dict.fromkeys(path for one in cited if (path := led[one.passage_id])))

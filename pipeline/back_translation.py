"""Say a text in other words by translating it into another language and back.

Sennrich, Haddow and Birch, "Improving Neural Machine Translation Models with Monolingual Data", ACL
2016, arXiv:1511.06709; Yu et al., "QANet", ICLR 2018, arXiv:1804.09541, section 3, paraphrase
questions and passages so. What was translated is kept on disk: a run that is killed and resumed
does not do it again, and draws the same.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from wherefrom.indexes.hardware import choose_device
from wherefrom.indexes.model_folder import from_hub
from wherefrom.kb.errors import ModelError
from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.kept_lines import keep, read_kept

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

BATCH = 16  # texts that are translated at a time, and kept
BEAMS = 4
LONGEST_TOKENS = 256  # of a text; longer ones are not translated
STAGE = "translate there and back"
HINT = "give the folder of a translation model"


@dataclass(frozen=True, slots=True)
class Translator:
    """A model that translates one language into another, in evaluation mode."""

    reference: str
    folder: Path
    network: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"
    device: str

    @classmethod
    def open(cls, reference: str, *, device: str | None = None) -> Self:
        """Load a sequence-to-sequence model: a folder, or a name on the Hugging Face hub.

        Raises
        ------
        ModelError
            If there is no such model, or it does not translate.
        """
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        folder = Path(reference)
        if not folder.is_dir():
            folder = from_hub(reference, what="translation model", hint=HINT)
        chosen = choose_device(device)
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            network: Any = AutoModelForSeq2SeqLM.from_pretrained(folder)
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            raise ModelError(f"the translation model {reference} cannot be loaded: {error}") from (
                error
            )
        return cls(reference, folder, network.to(chosen).eval(), tokenizer, chosen)

    @property
    def longest_tokens(self) -> int:
        """Return how many tokens a text may have, in either language."""
        places = getattr(self.network.config, "max_position_embeddings", LONGEST_TOKENS)
        return min(LONGEST_TOKENS, int(places))

    def fingerprint(self) -> str:
        """Hash the files of the weights."""
        files = sorted({*self.folder.glob("*.safetensors"), *self.folder.glob("*.bin")})
        whole = hashlib.sha256()
        for name in files:
            with name.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        return whole.hexdigest()

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Translate each text by beam search; the same text always gives the same translation."""
        import torch

        encoded = self.tokenizer(
            list(texts),
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=self.longest_tokens,
        ).to(self.device)
        network: Any = self.network
        with torch.inference_mode():
            found = network.generate(
                **{name: encoded[name] for name in ("input_ids", "attention_mask")},
                num_beams=BEAMS,
                do_sample=False,
                max_new_tokens=self.longest_tokens - 1,
            )
        return [
            text.strip() for text in self.tokenizer.batch_decode(found, skip_special_tokens=True)
        ]

    def fits(self, text: str) -> bool:
        """Tell whether a text is translated whole."""
        return len(self.tokenizer(text)["input_ids"]) <= self.longest_tokens


@dataclass(frozen=True, slots=True)
class BackTranslator:
    """Two translators, there and back, and the folder in which what they say is kept.

    The file's name is of the weights of both, one text a line: ``{"text": …, "back": …}``.
    """

    there: Translator
    back: Translator
    kept: Path

    def say_again(
        self, texts: Iterable[str], *, progress: Progress | None = None
    ) -> dict[str, str]:
        """Return what comes back of each text; a text that is too long is left out."""
        progress = progress or NoProgress()
        both = f"{self.there.fingerprint()} {self.back.fingerprint()}"
        file = self.kept / f"{hashlib.sha256(both.encode()).hexdigest()[:16]}.jsonl"
        known = {record["text"]: record["back"] for record in read_kept(file)}
        wanted = [text for text in dict.fromkeys(texts) if text in known or self.there.fits(text)]
        progress.start(STAGE, total=len(wanted))
        self.kept.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            for first in range(0, len(wanted), BATCH):  # always the same, whatever is known
                part = wanted[first : first + BATCH]
                if not all(text in known for text in part):
                    said = self.back.translate(self.there.translate(part))
                    new = {t: s for t, s in zip(part, said, strict=True) if t not in known}
                    keep(lines, ({"text": text, "back": back} for text, back in new.items()))
                    known |= new
                progress.advance(STAGE, len(part))
        progress.finish(STAGE)
        return {text: known[text] for text in wanted}

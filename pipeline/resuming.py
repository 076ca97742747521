"""Find the checkpoint that a training run goes on from, and leave only whole ones behind.

transformers' Trainer writes a checkpoint file by file, its own state last; a run that is killed in
between leaves a folder that cannot be gone on from.
"""

import json
import math
import shutil
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wherefrom.kb.errors import ModelError, StorageError, TrainingError, UsageError

STATE, WEIGHTS, OPTIMIZER = "trainer_state.json", "model.safetensors", "optimizer.pt"
CLOCK = "seconds.json"  # in a checkpoint: how long the run had taken


class Clock:
    """How long a run has learnt, its parts before it was resumed included.

    Parameters
    ----------
    last
        The checkpoint that the run goes on from; those of earlier releases do not say how long.
    """

    def __init__(self, last: Path | None) -> None:
        known = last is not None and (last / CLOCK).is_file()
        self._before = float(json.loads((last / CLOCK).read_text())) if last and known else 0.0
        self._begun = time.monotonic()

    def seconds(self) -> float:
        """Return how long it has been until now."""
        return self._before + time.monotonic() - self._begun

    def keep(self, checkpoint: Path) -> None:
        """Note in a checkpoint how long it has been."""
        checkpoint.mkdir(parents=True, exist_ok=True)
        (checkpoint / CLOCK).write_text(json.dumps(round(self.seconds(), 3)))


def checkpoint_steps(folder: Path) -> list[int]:
    """Return the steps of the whole checkpoints in a folder, in order.

    Folders without the state that is written last are no checkpoints.
    """
    return sorted(
        int(number)
        for path in folder.glob("checkpoint-*")
        if (number := path.name.rpartition("-")[2]).isdecimal() and (path / STATE).is_file()
    )


def last_checkpoint(folder: Path) -> Path | None:
    """Return the whole checkpoint of the most steps in a folder, None where there is none."""
    steps = checkpoint_steps(folder)
    return folder / f"checkpoint-{steps[-1]}" if steps else None


def checkpoint_to_resume(folder: Path, *, resume: bool) -> Path | None:
    """Return the checkpoint that a run goes on from, None where it begins.

    Raises
    ------
    UsageError
        If there is nothing to resume, or checkpoints exist and `resume` is false.
    ModelError
        If the last checkpoint is damaged.
    """
    last = last_checkpoint(folder)
    if resume and last is None:
        raise UsageError(f"nothing to resume: {folder} holds no checkpoint")
    if not resume and last is not None:
        raise UsageError(f"{folder} holds checkpoints of a run; resume it or name another folder")
    if last is not None:
        check_checkpoint(last)
    return last


def check_checkpoint(checkpoint: Path) -> None:
    """Refuse a checkpoint that is damaged, before anything is loaded from it.

    Raises
    ------
    ModelError
        If a file of it is absent or cannot be read; it is named, and what to do.
    """
    from safetensors import SafetensorError, safe_open

    try:
        json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
        Clock(checkpoint)
        with safe_open(checkpoint / WEIGHTS, framework="pt"):
            pass
        with zipfile.ZipFile(checkpoint / OPTIMIZER) as parts:
            bad = parts.testzip()
        if bad is not None:
            raise ValueError(f"{OPTIMIZER} is damaged at {bad}")
    except (OSError, TypeError, ValueError, zipfile.BadZipFile, SafetensorError) as error:
        raise ModelError(
            f"the checkpoint {checkpoint} is damaged: {error}; remove this folder, and --resume "
            "goes on from the one before it"
        ) from error


def require_finite(loss: float, step: int, folder: str, advice: str) -> None:
    """Stop a run whose loss is no number; `advice` says what to change.

    Raises
    ------
    TrainingError
        If it is none.
    """
    if not math.isfinite(loss):
        raise TrainingError(
            f"the loss is {loss} at step {step}: {advice}; checkpoints of steps before are in "
            f"{folder}"
        )


@contextmanager
def whole_checkpoint(checkpoint: Path) -> Iterator[None]:
    """Remove what a failed writer left of a checkpoint, and say that the disk refused.

    Raises
    ------
    StorageError
        If a file cannot be written.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (
        OSError,
        RuntimeError,
        SafetensorError,
    ) as error:  # torch reports a full disk as Runtime
        shutil.rmtree(checkpoint, ignore_errors=True)
        raise StorageError(
            f"the checkpoint {checkpoint} cannot be written: {error}; free some space, and "
            "--resume goes on from the one before it"
        ) from error

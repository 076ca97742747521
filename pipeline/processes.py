"""The processes that share a run where `torchrun` started several, one for each GPU.

Each computes the gradient of batches of its own, and all take the same step. What is written, the
first one writes, while the others wait.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

PATIENCE = timedelta(hours=12)  # for the first, which may label pairs or measure for hours


def process_count() -> int:
    """Return how many processes share the run."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_first_process() -> bool:
    """Tell whether this process is the one that writes."""
    return int(os.environ.get("RANK", "0")) == 0


def wait_for_all() -> None:
    """Go on once every process is here."""
    if process_count() == 1:
        return
    import torch
    from torch import distributed

    if not distributed.is_initialized():
        backend = "nccl" if torch.cuda.is_available() else "gloo"
        if backend == "nccl":
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        distributed.init_process_group(backend, timeout=PATIENCE)
    distributed.barrier()


@contextmanager
def first_process_first() -> Iterator[None]:
    """Let the first process through alone; the others find what it has written."""
    if not is_first_process():
        wait_for_all()
    yield
    if is_first_process():
        wait_for_all()

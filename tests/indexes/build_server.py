"""Run builds in children that can be killed, without importing torch for each.

Reads one JSON object a line: {"folder", "specs", "encoder", "kill_after", "die_at"}; forks a child
that builds, kills it after `kill_after` seconds or lets it kill itself at its `die_at`-th fsync
(null: neither), and writes {"killed", "seconds", "fsyncs", "error"} when it has ended.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tqdm import tqdm

from wherefrom.indexes.build import build
from wherefrom.indexes.encoder import Encoder, load_encoder
from wherefrom.indexes.options import BuildOptions

BLOCK_PASSAGES = 8


def main() -> None:
    # its monitor, a thread, would leave its lock taken for ever in a child that is forked just then
    tqdm.monitor_interval = 0
    encoders: dict[str, Encoder] = {}
    for line in sys.stdin:
        order = json.loads(line)
        name = order["encoder"]
        if name not in encoders:
            encoders[name] = load_encoder(name, device="cpu")
        reading, writing = os.pipe()
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            os.close(reading)
            run_child(order, encoders[name], writing)
        os.close(writing)
        if order["kill_after"] is not None:
            time.sleep(order["kill_after"])
            os.kill(child, signal.SIGKILL)
        with os.fdopen(reading) as stream:
            report = json.loads(stream.read() or "{}")
        _, status = os.waitpid(child, 0)
        report["killed"] = os.WIFSIGNALED(status)
        report["seconds"] = time.monotonic() - started
        print(json.dumps(report), flush=True)


def run_child(order: dict[str, Any], encoder: Encoder, writing: int) -> None:
    import torch

    torch.set_num_threads(1)  # in the child: a pool of threads does not survive a fork
    fsyncs = count_fsyncs(order["die_at"])
    error = ""
    try:
        options = BuildOptions(encoder=encoder, block_passages=BLOCK_PASSAGES)
        build(Path(order["folder"]), order["specs"], options=options)
    except BaseException as failure:
        error = repr(failure)
    report = {"fsyncs": len(fsyncs), "error": error}
    os.write(writing, json.dumps(report).encode())
    os._exit(0)


def count_fsyncs(die_at: int | None) -> list[int]:
    calls: list[int] = []
    fsync = os.fsync

    def counted(handle: int) -> None:
        calls.append(handle)
        if len(calls) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(handle)

    os.fsync = counted
    return calls


main()

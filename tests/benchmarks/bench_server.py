"""Run commands in children that can be killed, without importing torch for each.

Reads one JSON object a line: {"words", "file", "lines"}; forks a child that runs the command, kills
it when `file` holds so many lines (null: never), and writes {"killed", "code"} when it has ended.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import torch
import transformers  # noqa: F401
from tqdm import tqdm

import wherefrom.benchmarks.respondents  # noqa: F401
from wherefrom.command import run


def main() -> None:
    tqdm.monitor_interval = 0  # a thread's lock would stay taken in a child
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            run_child(order["words"])
        status = watched(child, Path(order["file"]), order["lines"])
        report = {"killed": os.WIFSIGNALED(status), "code": os.waitstatus_to_exitcode(status)}
        print(json.dumps(report), flush=True)


def run_child(words: list[str]) -> None:
    torch.set_num_threads(1)  # in the child: a pool of threads does not survive a fork
    os.dup2(2, 1)
    code = 70
    try:
        code = run(words)
    finally:
        os._exit(code)


def watched(child: int, file: Path, lines: int | None) -> int:
    """Return how the child ended; kill it when the file is there and has so many lines."""
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if lines is not None and file.is_file() and file.read_bytes().count(b"\n") >= lines:
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1]
        time.sleep(0.0005)


main()

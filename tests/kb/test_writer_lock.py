import os
import subprocess
import sys
import time

import pytest

from wherefrom.kb.errors import LockedError
from wherefrom.kb.writer_lock import is_lock_file, writer_lock

HOLD = """
import sys, time
from pathlib import Path
from wherefrom.kb.writer_lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_who_writes(tmp_path):
    message = f"process {os.getpid()};"
    with writer_lock(tmp_path), pytest.raises(LockedError, match=message), writer_lock(tmp_path):
        pass
    with writer_lock(tmp_path):
        pass
    assert is_lock_file(tmp_path / "lock")


def test_the_lock_of_a_killed_writer_is_free(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"process {process.pid};"), writer_lock(tmp_path):
            pass
        process.kill()
    deadline = time.monotonic() + 5
    while True:
        try:
            with writer_lock(tmp_path):
                break
        except LockedError:
            assert time.monotonic() < deadline


def test_another_file_is_no_lock(tmp_path):
    (tmp_path / "lock").write_text("mine")
    assert not is_lock_file(tmp_path / "lock")
    assert not is_lock_file(tmp_path / "absent")

"""The memory of a process is what it and its children hold at their peak."""

import sys

import pytest

from wherefrom.benchmarks.watched import MIB, bytes_below, watch, watch_call
from wherefrom.kb.errors import WherefromError

MUCH = 96 * MIB
HOLD = f"held = bytearray({MUCH}); held[::4096] = bytes(len(held[::4096]))"


def test_what_is_held_for_a_moment_is_seen():
    little = watch([sys.executable, "-c", "pass"])
    much = watch([sys.executable, "-c", f"{HOLD}; del held; import time; time.sleep(0.2)"])
    assert much.peak_bytes > little.peak_bytes + 0.9 * MUCH
    assert much.peak_mib == much.peak_bytes / MIB
    assert much.samples > 1 and much.seconds >= 0.2


def test_children_count():
    child = f"{HOLD}; import time; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert watch([sys.executable, "-c", parent]).peak_bytes > MUCH


def test_a_command_that_fails_is_quoted():
    with pytest.raises(WherefromError, match=r"ended with 3: .*so sorry"):
        watch([sys.executable, "-c", "import sys; print('so sorry', file=sys.stderr); sys.exit(3)"])


MODULE = """
import time

from wherefrom.benchmarks.watched import bytes_below

def held_in(folder, times):
    {hold}
    time.sleep(0.2)  # or the process may end between two samples
    return {{"bytes": bytes_below(folder), "times": int(times)}}
"""


def test_a_function_is_called_in_a_process_and_its_figures_come_back(tmp_path, monkeypatch):
    code, folder = tmp_path / "code", tmp_path / "folder"
    for each in (code, folder / "below"):
        each.mkdir(parents=True)
    (code / "holding.py").write_text(MODULE.format(hold=HOLD))
    monkeypatch.setenv("PYTHONPATH", str(code))
    (folder / "a.bin").write_bytes(bytes(7))
    (folder / "below" / "b.bin").write_bytes(bytes(5))
    figures, watched = watch_call("holding:held_in", folder, "3")
    assert figures == {"bytes": 12, "times": 3}
    assert watched.peak_bytes > MUCH
    assert bytes_below(folder / "a.bin") == 7
    with pytest.raises(WherefromError, match="no attribute 'nobody'"):
        watch_call("holding:nobody", folder)

"""The memory of a process is what it and its children hold at their peak."""

import sys

import pytest

from wherefrom.benchmarks.watched import MIB, watch
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

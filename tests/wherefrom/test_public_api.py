"""`import wherefrom` is light and shows its public names only."""

import subprocess
import sys

import pytest

import wherefrom


def test_every_public_name_exists():
    assert sorted(wherefrom.__all__) == wherefrom.__all__ == dir(wherefrom)
    for name in wherefrom.__all__:
        assert getattr(wherefrom, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'opne'"):
        _ = wherefrom.opne


def test_the_import_is_light():
    code = "import sys, wherefrom; wherefrom.open; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = set(printed.stdout.split())
    assert loaded & {"torch", "numpy", "rich", "typer", "pyarrow", "wherefrom.opened"} == set()

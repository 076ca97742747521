"""Find the command that is installed beside the running Python."""

import sys
from pathlib import Path

from wherefrom.kb.errors import UsageError


def wherefrom_command() -> Path:
    """Return the path of the command `wherefrom`.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    command = Path(sys.executable).with_name("wherefrom")
    if not command.is_file():
        raise UsageError(f"{command} does not exist; install the project first: make install")
    return command

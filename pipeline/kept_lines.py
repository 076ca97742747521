"""Keep what is expensive to make in a file of JSON lines, so that a run that is killed has it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any


def read_kept(file: Path) -> list[dict[str, Any]]:
    """Return the records that are kept; a last line that was cut short by a kill is taken away."""
    if not file.is_file():
        return []
    whole, newline, cut = file.read_bytes().rpartition(b"\n")
    if cut:
        file.write_bytes(whole + newline)
    return [json.loads(line) for line in whole.splitlines()]


def keep(lines: IO[str], records: Iterable[dict[str, Any]]) -> None:
    """Write records to the end of a file that is open for that, and hand them to the system."""
    lines.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    lines.flush()

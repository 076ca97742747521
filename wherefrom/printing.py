"""Write results to stdout and messages to stderr."""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text


def print_json(value: object) -> None:
    """Print a result as JSON; characters that stdout cannot encode are escaped."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=encoding != "utf8") + "\n")


def print_text(text: "Text") -> None:
    """Print a result for people: as plain text, on a terminal styled and wrapped.

    A line that is wrapped goes on under its own indentation.
    """
    from rich.console import Console
    from rich.padding import Padding

    console = Console(highlight=False)
    if not console.is_terminal:
        sys.stdout.write(text.plain)
        return
    for line in text.split():
        indent = len(line.plain) - len(line.plain.lstrip(" "))
        padded = Padding(line[indent:], (0, 0, 0, indent), expand=False)
        console.print(padded if line.plain else "")  # padding of nothing would print no line


def print_fields(title: str, fields: Mapping[str, str | int]) -> None:
    """Print a result that is a few named values, one a line."""
    width = max(len(name) for name in fields)
    lines = [f"{title}\n"]
    for name, value in fields.items():
        shown = f"{value:,}" if isinstance(value, int) else value
        lines.append(f"  {name:<{width}}  {shown}\n")
    sys.stdout.write("".join(lines))


def message(text: str) -> None:
    """Say something beside the result."""
    sys.stderr.write(f"{text}\n")

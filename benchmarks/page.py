"""Make pages that need nothing from elsewhere, and the tables in them that a press sorts."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

Cell = tuple[str, float | None]  # its HTML, and of a number the number


def page(title: str, body: str) -> str:
    """Return a page of a title and the HTML below it."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_packaged('report.css')}</style><h1>{escape(title)}</h1>{body}"
        f"<script>{_packaged('report.js')}</script></html>\n"
    )


def table(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Return a table that is sorted by the column whose name is pressed."""
    head = "".join(f"<th><button>{escape(name)}</button></th>" for name in names)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{shown}</td>"
            if value is None
            else f'<td class="number" data-value="{value}">{shown}</td>'
            for shown, value in row
        )
        + "</tr>"
        for row in rows
    )
    content = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{content}</table></div>'


def made_of(manifest: Mapping[str, Any]) -> str:
    """Return a table of what something was made of, by name."""
    rows = "".join(
        f"<tr><th>{escape(name.replace('_', ' '))}</th>"
        f"<td><code>{escape(str(value))}</code></td></tr>"
        for name, value in manifest.items()
    )
    return f"<table>{rows}</table>"


def _packaged(name: str) -> str:
    return (files("wherefrom.benchmarks") / name).read_text(encoding="utf-8")

"""Put the table of a scorecard between the marks in README: scorecard_table.py TABLE README.

`make scorecard` calls it; a test tells that both say the same.
"""

import sys
from pathlib import Path

BEGIN, END = "<!-- scorecard -->\n", "<!-- end of scorecard -->"


def main() -> None:
    """Replace what stands between the marks; end with 1 where they are not there once, in order."""
    table, page = (Path(name) for name in sys.argv[1:])
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{page} has no place for a scorecard: {BEGIN.strip()} … {END}")
    written = table.read_text(encoding="utf-8")
    page.write_text(f"{before}{begin}\n{written}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Turn the report of `pip install --dry-run --report` into a lock file: one pinned line a package.

Read from standard input, written to standard output; `make lock` calls it. The local part of a
version (`+cpu`) is dropped, so that the same line finds the build that an index offers.
"""

import json
import sys

HEAD = """\
# Every package that wherefrom and its development tools need, with exact versions (Python 3.11).
# Made by `make lock`; do not edit. CONTRIBUTING.md says when to make it again.
"""


def main() -> None:
    """Write the pinned packages of the report, in order of name."""
    report = json.load(sys.stdin)
    found = [entry["metadata"] for entry in report["install"]]
    pins = {m["name"].lower(): f"{m['name']}=={m['version'].partition('+')[0]}" for m in found}
    pins.pop("wherefrom")
    sys.stdout.write(HEAD + "".join(f"{pins[name]}\n" for name in sorted(pins)))


if __name__ == "__main__":
    main()

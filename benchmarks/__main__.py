"""Measure every promise, or those that are named: one line each."""

import sys
from importlib import import_module

PROMISES = (
    "checkout", "counter", "beside", "scale", "sqlcipher", "postgres", "startup", "search", "table", "roster",
    "workbooks", "allocation", "agreements", "labels", "mdm",
)  # fmt: skip


def main(names: list[str]) -> int:
    """Print one line a promise and return 0, kept or missed; 2 for a name that is none."""
    if unknown := [name for name in names if name not in PROMISES]:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(PROMISES)}.", file=sys.stderr)
        return 2
    for name in names or PROMISES:
        print(import_module(f"benchmarks.{name}").measure().line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

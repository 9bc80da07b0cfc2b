"""`tablet-loans`: the command line."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 usage, 3 trouble, 130 stopped with Ctrl+C."""
    try:
        from tablet_loans.cli import program  # half a second, in which Ctrl+C may come too

        return program.run(arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

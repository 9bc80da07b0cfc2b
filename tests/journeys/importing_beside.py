"""A delivery received by a process of its own, beside a counter or to be killed: it prints how far it has come."""

import sys
from pathlib import Path

from tablet_loans.services import opening, receiving
from tablet_loans.services.session import Progress


def run(url: str, file: Path) -> None:
    """Import the devices of the list, saying each step: done, total."""
    with opening.closing(opening.open_session(url)) as session:
        receiving.import_devices(session, file, progress=Progress(_say))


def _say(done: int, total: int) -> None:
    sys.stdout.write(f"{done} {total}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]))

"""A station in full swing, to be killed: it lends and returns, and prints each act once it was answered."""

import sys
from typing import Any

from tablet_loans.services import lending, opening, stocking
from tablet_loans.services.session import Receipt


def run(url: str) -> None:
    """Lend, return and prepare every device again and again, and say each ledger id."""
    session = opening.open_session(url)
    with session.base.database.connection_context():
        tags = [row[0] for row in session.base.execute("SELECT tag FROM device ORDER BY id").fetchall()]
        pupils = [row[0] for row in session.base.execute("SELECT id FROM pupil ORDER BY id").fetchall()]
        states = dict(session.base.execute("SELECT tag, state FROM device").fetchall())
    while True:
        for tag, pupil in zip(tags, pupils, strict=True):
            if states[tag] == "ready":
                _say(lending.check_out(session, code=tag, pupil_id=pupil))
                states[tag] = "on_loan"
            if states[tag] == "on_loan":
                _say(lending.check_in(session, code=tag))
            _say(stocking.prepare(session, [tag]))
            states[tag] = "ready"


def _say(receipt: Receipt[Any]) -> None:
    sys.stdout.write(f"{receipt.ledger_id}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(sys.argv[1])

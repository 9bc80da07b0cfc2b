"""Check-out in an encrypted base, against a plain one."""

from functools import partial

from benchmarks import bases
from benchmarks.bases import BIG, KEY
from benchmarks.measuring import Verdict, in_turn, ratio, shown_ms
from tablet_loans.services import lending
from tablet_loans.storage.database import open_database

_WARMING, _ROUNDS = 100, 700
_PROMISE = 1.5


def measure() -> Verdict:
    """Return the verdict."""
    with bases.folder() as folder:
        encrypted = bases.session_in(open_database(str(bases.encrypted(BIG, folder / "secret.db")), KEY, bind=False))
        plain = bases.session_in(open_database(str(bases.copied(BIG, folder / "plain.sqlite")), bind=False))
        rounds = [
            (
                partial(lending.check_out, encrypted, code=tag, pupil_id=pupil_id),
                partial(lending.check_out, plain, code=tag, pupil_id=pupil_id),
            )
            for tag, pupil_id in bases.pairs(BIG, _WARMING + _ROUNDS)
        ]
        bases.settle()
        taken, yardstick = (times[_WARMING:] for times in in_turn(rounds))
        encrypted.base.close()
        plain.base.close()
    return Verdict(
        "sqlcipher", f"SQLCipher {shown_ms(taken)}", f"plain {shown_ms(yardstick)}", ratio(taken, yardstick), _PROMISE
    )

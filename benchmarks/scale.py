"""Check-out with a million devices, against ten thousand."""

from functools import partial

from benchmarks import bases
from benchmarks.bases import Size
from benchmarks.measuring import Verdict, in_turn, ratio, shown_ms
from tablet_loans.services import lending
from tablet_loans.storage.database import open_database

_MANY, _FEW = Size(1_000_000, 50_000, 100_000), Size(10_000, 50_000, 100_000)
_WARMING, _ROUNDS = 100, 700
_PROMISE = 1.3


def measure() -> Verdict:
    """Return the verdict."""
    with bases.folder() as folder:
        acts = []
        for place, size in enumerate((_MANY, _FEW)):
            session = bases.session_in(open_database(str(bases.copied(size, folder / f"{place}.sqlite")), bind=False))
            acts.append(
                [
                    partial(lending.check_out, session, code=tag, pupil_id=pupil_id)
                    for tag, pupil_id in bases.pairs(size, _WARMING + _ROUNDS)
                ]
            )
        bases.settle()
        many, few = in_turn(list(zip(*acts, strict=True)))
    many, few = many[_WARMING:], few[_WARMING:]
    return Verdict(
        "scale", f"1,000,000 devices {shown_ms(many)}", f"10,000 devices {shown_ms(few)}", ratio(many, few), _PROMISE
    )

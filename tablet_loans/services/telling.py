"""Telling: the answers of the counter, made of what an act returned or why it was refused."""

from dataclasses import replace

from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.mdm_rule import NOT_ENROLLED
from tablet_loans.domain.pupil import PupilRow
from tablet_loans.services import cautioning, finding
from tablet_loans.services.desk import Did, Notice, Outcome, Pending
from tablet_loans.services.lending import Handover
from tablet_loans.services.session import Receipt, Session
from tablet_loans.storage.devices import FoundDevice
from tablet_loans.text import N_


def shown(session: Session, did: Did, pending: Pending, device: FoundDevice) -> Outcome:
    """Return that a device is shown, and what it lacks."""
    tablet = finding.shown(device)
    lacks = (Notice(N_("Incomplete: {kit}"), {"kit": ", ".join(tablet.missing)}),) if tablet.missing else ()
    warned = cautions(session, device) if did is Did.CHOSE_TABLET else ()
    return Outcome(did, session.now(), pending, device.tag, tablet=tablet, notices=(*lacks, *warned))


def cautions(session: Session, device: FoundDevice) -> tuple[Notice, ...]:
    """Return what the counter is told of a device about to be lent: that no MDM has enrolled it."""
    return (Notice(NOT_ENROLLED),) if cautioning.is_warned_of(session, device) else ()


def done(
    session: Session,
    did: Did,
    receipt: Receipt[Handover],
    pending: Pending,
    pupil: PupilRow | None,
    device: FoundDevice | None,
) -> Outcome:
    """Return that an act was done."""
    return Outcome(
        did,
        session.now(),
        pending,
        receipt.value.tag,
        pupil,
        None if device is None else finding.shown(device),
        receipt.value,
        ledger_ids=(receipt.ledger_id,),
        topics=receipt.topics,
    )


def refused(
    session: Session,
    refusal: Refusal,
    pending: Pending,
    *,
    code: str = "",
    pupil: PupilRow | None = None,
    device: FoundDevice | None = None,
) -> Outcome:
    """Return that nothing was done, and why."""
    return Outcome(
        Did.REFUSED,
        session.now(),
        pending,
        device.tag if device else code,
        pupil,
        None if device is None else finding.shown(device),
        refusal=refusal,
    )


def with_form(outcome: Outcome) -> Outcome:
    """Return the same, naming the blank agreement that goes with it."""
    if outcome.pending.form is None:
        return outcome
    said = Notice(N_("With the blank agreement {form}"), {"form": outcome.pending.form}, is_warning=False)
    return replace(outcome, notices=(*outcome.notices, said))

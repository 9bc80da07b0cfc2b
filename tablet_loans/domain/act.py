"""An act: what a ledger line says, the changes that undo it, and the chain that proves it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from tablet_loans.text import N_

LedgerId = NewType("LedgerId", str)

GENESIS: Final = "0" * 64
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Action(StrEnum):
    """What staff do, as the ledger calls it."""

    CHECKED_OUT = "checked_out"
    CHECKED_IN = "checked_in"
    NOTED = "noted"
    RENEWED = "renewed"
    SWAPPED = "swapped"
    PREPARED = "prepared"
    RECEIVED = "received"
    CHANGED = "changed"
    UNDONE = "undone"
    IMPORTED = "imported"
    CORRECTED = "corrected"
    ANSWERED = "answered"
    NEEDS_CLOSED = "needs_closed"
    PLANNED = "planned"
    ALLOCATED = "allocated"
    RULED = "ruled"
    MARKED = "marked"
    PROMISED = "promised"
    RELEASED = "released"
    PACKED = "packed"
    CAMPAIGN_CREATED = "campaign_created"
    CAMPAIGN_CHANGED = "campaign_changed"
    AGREEMENTS_PRINTED = "agreements_printed"
    AGREEMENT_SIGNED = "agreement_signed"
    AGREEMENTS_FILED = "agreements_filed"
    PAGE_KEPT = "page_kept"
    WORDING_CHANGED = "wording_changed"
    FORMS_RESERVED = "forms_reserved"
    LABELS_PRINTED = "labels_printed"
    LABEL_SETTLED = "label_settled"
    LETTERS_WRITTEN = "letters_written"
    MESSAGES_SENT = "messages_sent"
    MDM_CONNECTED = "mdm_connected"
    MDM_DISCONNECTED = "mdm_disconnected"
    MDM_RULED = "mdm_ruled"
    MDM_SYNCED = "mdm_synced"
    MDM_ASKED = "mdm_asked"
    MDM_ANSWERED = "mdm_answered"
    FACTS_ERASED = "facts_erased"
    EXPORTED = "exported"
    UPGRADED = "upgraded"


UNDOABLE: Final = frozenset(
    {
        Action.CHECKED_OUT,
        Action.CHECKED_IN,
        Action.NOTED,
        Action.RENEWED,
        Action.SWAPPED,
        Action.PREPARED,
        Action.RECEIVED,
        Action.CHANGED,
        Action.CORRECTED,
        Action.ANSWERED,
        Action.AGREEMENT_SIGNED,
        Action.PAGE_KEPT,
        Action.CAMPAIGN_CHANGED,
        Action.RULED,
        Action.MARKED,
        Action.PROMISED,
        Action.RELEASED,
        Action.PACKED,
        Action.LABEL_SETTLED,
    }
)

CHANGING: Final = frozenset(
    {
        Action.IMPORTED,
        Action.CAMPAIGN_CREATED,
        Action.NEEDS_CLOSED,
        Action.ALLOCATED,
        Action.WORDING_CHANGED,
        Action.MDM_ASKED,
    }
)
"""What changes the base and has no undo of its own: undoing the last acts stops there, aloud."""

ACTION_WORDS: Final[Mapping[str, str]] = {
    Action.CHECKED_OUT: N_("Lent"),
    Action.CHECKED_IN: N_("Returned"),
    Action.NOTED: N_("Noted"),
    Action.RENEWED: N_("Renewed"),
    Action.SWAPPED: N_("Swapped"),
    Action.PREPARED: N_("Prepared"),
    Action.RECEIVED: N_("Received"),
    Action.CHANGED: N_("Changed"),
    Action.UNDONE: N_("Undone"),
    Action.IMPORTED: N_("Imported"),
    Action.CORRECTED: N_("Corrected"),
    Action.ANSWERED: N_("Need answered"),
    Action.NEEDS_CLOSED: N_("Needs closed"),
    Action.PLANNED: N_("Plan made"),
    Action.ALLOCATED: N_("Devices promised"),
    Action.RULED: N_("Rules changed"),
    Action.MARKED: N_("Pinned or set aside"),
    Action.PROMISED: N_("Promised one by one"),
    Action.RELEASED: N_("Promise released"),
    Action.PACKED: N_("Packed"),
    Action.CAMPAIGN_CREATED: N_("Campaign created"),
    Action.CAMPAIGN_CHANGED: N_("Campaign changed"),
    Action.AGREEMENTS_PRINTED: N_("Agreements printed"),
    Action.AGREEMENT_SIGNED: N_("Agreement signed"),
    Action.AGREEMENTS_FILED: N_("Signed agreements filed"),
    Action.PAGE_KEPT: N_("Signed page kept"),
    Action.WORDING_CHANGED: N_("Agreement reworded"),
    Action.FORMS_RESERVED: N_("Blank agreements reserved"),
    Action.LABELS_PRINTED: N_("Labels printed"),
    Action.LABEL_SETTLED: N_("Label confirmed or spoiled"),
    Action.LETTERS_WRITTEN: N_("Letters written"),
    Action.MESSAGES_SENT: N_("Messages sent"),
    Action.MDM_CONNECTED: N_("MDM connected"),
    Action.MDM_DISCONNECTED: N_("MDM disconnected"),
    Action.MDM_RULED: N_("MDM rules changed"),
    Action.MDM_SYNCED: N_("MDM read"),
    Action.MDM_ASKED: N_("Asked of the MDM"),
    Action.MDM_ANSWERED: N_("Answered by the MDM"),
    Action.FACTS_ERASED: N_("Facts erased"),
    Action.EXPORTED: N_("Exported"),
    Action.UPGRADED: N_("Upgraded"),
}


class Subject(StrEnum):
    """What a ledger line can be about; each value is a table's name."""

    DEVICE = "device"
    PUPIL = "pupil"
    LOAN = "loan"
    CAMPAIGN = "campaign"
    SCHOOL = "school"
    AGREEMENT = "agreement"
    AGREEMENT_SCAN = "agreement_scan"
    RESERVATION = "reservation"
    NEED = "need"
    PLAN_MARK = "plan_mark"
    CARTON = "carton"
    CARTON_DEVICE = "carton_device"
    LABEL_PRINT = "label_print"
    SPARE_FORM = "spare_form"
    MDM_ACCOUNT = "mdm_account"
    MDM_TASK = "mdm_task"


@dataclass(frozen=True, slots=True)
class Change:
    """One row's change: columns before and after, as stored; `before` is None for a new row."""

    subject: Subject
    row_id: int
    before: Mapping[str, object] | None
    after: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One ledger line, without its facts; times are aware UTC."""

    id: LedgerId
    station: str
    sequence: int
    recorded_at: datetime
    effective_at: datetime
    actor: str
    action: str
    undoes: LedgerId | None
    subjects: tuple[tuple[str, int], ...]
    digest: str
    previous_hash: str


@dataclass(frozen=True, slots=True)
class Undone:
    """An act that was undone, and what it was about: a device's tag, a loan's number, a pupil.

    `kept` counts the rows of an import that somebody took up while it was being undone.
    """

    line: Line
    tag: str | None = None
    loan: str | None = None
    pupil_id: int | None = None
    kept: int = 0


def facts_text(facts: Mapping[str, object]) -> str:
    """Return the facts as canonical JSON: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def facts_digest(salt: str, facts: str) -> str:
    """Return the salted SHA-256 of the facts' text; once salt and text are erased it tells nothing."""
    return hashlib.sha256(f"{salt}|{facts}".encode()).hexdigest()


def line_hash(line: Line) -> str:
    """Return the SHA-256 that chains `line` to the one before it at its station.

    It covers a JSON list, whose bounds no text can blur, with times in microseconds since 1970.
    """
    covered = [
        line.id, line.station, line.sequence, _microseconds(line.recorded_at), _microseconds(line.effective_at),
        line.actor, line.action, line.undoes, sorted(line.subjects), line.digest, line.previous_hash,
    ]  # fmt: skip
    text = json.dumps(covered, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def changes_as_facts(changes: Sequence[Change]) -> list[list[object]]:
    """Return the changes in the form the facts keep them."""
    return [[change.subject.value, change.row_id, change.before, change.after] for change in changes]


def changes_from_facts(facts: Mapping[str, object]) -> list[Change]:
    """Return the changes that the facts of a line keep, in the order they were made."""
    kept = facts.get("changes", [])
    assert isinstance(kept, list)  # noqa: S101 - the ledger's own text, proved by its digest
    return [Change(Subject(kind), row_id, before, after) for kind, row_id, before, after in kept]

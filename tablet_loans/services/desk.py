"""The counter's desk: what is chosen for a sitting, what is half done, and what has just happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.barcode import Fault
from tablet_loans.domain.device import Condition
from tablet_loans.domain.errors import Refusal
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.domain.pupil import PupilRow
from tablet_loans.services.lending import Handover
from tablet_loans.services.session import Topic
from tablet_loans.text import N_, tr


class Mode(StrEnum):
    """What the counter is doing."""

    LEND = "lend"
    RETURN = "return"


class Did(StrEnum):
    """What the counter did with a scan, a name or a key."""

    CHOSE_PUPIL = "chose_pupil"
    CHOSE_TABLET = "chose_tablet"
    CHOSE_FORM = "chose_form"
    SHOWED_HOLDER = "showed_holder"
    FOUND_OTHER = "found_other"
    FOUND_SEVERAL = "found_several"
    LENT = "lent"
    RETURNED = "returned"
    SWAPPED = "swapped"
    SIGNED = "signed"
    PROMISED = "promised"
    NOTED = "noted"
    REFUSED = "refused"
    UNDID = "undid"


ACTS = frozenset({Did.LENT, Did.RETURNED, Did.SWAPPED, Did.SIGNED, Did.PROMISED})
"""What was written and can be undone."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What is chosen once for a sitting: `due_on` None is the campaign's date, no `schools` means all."""

    mode: Mode = Mode.LEND
    campaign: str | None = None
    due_on: date | None = None
    schools: tuple[str, ...] = ()
    received_by: ReceivedBy = ReceivedBy.PUPIL


@dataclass(frozen=True, slots=True)
class Noted:
    """What is said of a hand-over by number keys; None leaves as it is.

    `missing` are the accessories not handed out, or not given back.
    """

    received_by: ReceivedBy | None = None
    received_name: str | None = None
    condition: Condition | None = None
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """What the counter holds half-done.

    `doubted` is a lent tablet that returns, or a tablet whose record is swapped, when it is scanned again.
    `campaign` is that of the printed sheet which chose the pupil; its signed paper is here.
    `form` is the number of a blank agreement, filled in and signed, which goes with what comes next.
    """

    pupil: PupilRow | None = None
    tag: str | None = None
    doubted: str | None = None
    campaign: str | None = None
    noted: Noted = Noted()
    form: str | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether nothing waits."""
        return self.pupil is None and self.tag is None and self.doubted is None and self.form is None


IDLE: Final = Pending()
PLAIN_DESK: Final = Desk()


@dataclass(frozen=True, slots=True)
class Tablet:
    """A device as the counter shows it; `missing` are the accessories it lacks."""

    tag: str
    serial: str
    model: str
    state: str = ""
    kit: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One fact worth a word beside what happened; `is_warning` asks for attention.

    What `is_private` is not for the eyes of a queue.
    """

    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict)
    is_warning: bool = True
    is_private: bool = False

    def spoken(self) -> str:
        """Return the notice in the reader's language."""
        said = {name: tr(value) if isinstance(value, str) else value for name, value in self.facts.items()}
        return tr(self.sentence).format(**said)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, the facts to show, and what the counter holds now.

    `other` is the pupil who holds the tablet, or the other one of a swap. `ledger_ids` are the act's lines, oldest
    first. `fault` is the keyboard layout that was repaired in the scan.
    `is_swap` says that the tablet found goes back by a swap of two records, `is_signed` that its agreement is here.
    """

    did: Did
    at: datetime
    pending: Pending = Pending()
    code: str = ""
    pupil: PupilRow | None = None
    tablet: Tablet | None = None
    loan: Handover | None = None
    other: PupilRow | None = None
    refusal: Refusal | None = None
    candidates: tuple[PupilRow, ...] = ()
    tablets: tuple[Tablet, ...] = ()
    notices: tuple[Notice, ...] = ()
    ledger_ids: tuple[LedgerId, ...] = ()
    undid: Did | None = None
    is_signed: bool = False
    is_swap: bool = False
    fault: Fault = Fault.NONE
    topics: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """A campaign in which the counter can lend."""

    name: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Suggested:
    """Who and what the words typed may mean."""

    pupils: tuple[PupilRow, ...] = ()
    tablets: tuple[Tablet, ...] = ()


def about_pupil(pupil: PupilRow, desk: Desk, today: date) -> tuple[Notice, ...]:
    """Return what deserves a word when a pupil comes to this desk."""
    notices = []
    if desk.schools and pupil.school not in desk.schools:
        said = N_("Of another school than those chosen: {school}")
        notices.append(Notice(said, {"school": pupil.school_name}, is_private=True))
    if pupil.left_on is not None and pupil.left_on <= today:
        notices.append(Notice(N_("No longer on the school's roll")))
    if desk.mode is Mode.RETURN and pupil.loan is None:
        notices.append(Notice(N_("Has nothing to return")))
    return tuple(notices)

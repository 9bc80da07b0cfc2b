"""The words and tones of MDMs, alike wherever they are shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tablet_loans.domain.enrolment import (
    MDM_ACT_WORDS,
    PROVIDER_WORDS,
    KeyRefused,
    MdmAct,
    Provider,
    TaskState,
    TlsRefused,
)
from tablet_loans.domain.errors import TabletLoansError, said_fact
from tablet_loans.domain.finding import FindingKind
from tablet_loans.domain.mdm_task import (
    TASK_WORDS,
    MdmNameTaken,
    NothingToSay,
    SecondPersonNeeded,
    TaskRow,
    UnknownMdm,
    WipeOneByOne,
)
from tablet_loans.domain.trouble import NoMdmKey
from tablet_loans.services.sync_run import SyncReport
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.theme import Tone
from ui.widgets.device_words import capital

FINDING_TONES: Final[Mapping[str, Tone]] = {
    FindingKind.NO_LOST_MODE: Tone.BAD,
    FindingKind.NEVER_ENROLLED: Tone.BAD,
    FindingKind.OTHER_PUPIL: Tone.WARN,
    FindingKind.NOT_RELEASED: Tone.WARN,
    FindingKind.LOST_MODE_LEFT: Tone.WARN,
    FindingKind.NOT_SEEN: Tone.WARN,
}
TASK_TONES: Final[Mapping[str, Tone]] = {
    TaskState.ASKED: Tone.PLAIN,
    TaskState.ACCEPTED: Tone.ACCENT,
    TaskState.DONE: Tone.OK,
    TaskState.FAILED: Tone.BAD,
}
_WAYS_OUT: Final[Mapping[type[TabletLoansError], str]] = {
    KeyRefused: N_("Make a new key there, then connect this MDM again here with it."),
    TlsRefused: N_("Behind a filtering proxy, give its certificate when you connect the MDM."),
    NoMdmKey: N_("It is asked for each time."),
    UnknownMdm: N_("It may have been disconnected from another computer."),
    MdmNameTaken: N_("Choose another name."),
    WipeOneByOne: N_("Make a wipe list for the MDM’s own console."),
    SecondPersonNeeded: N_("Write the second person’s name."),
    NothingToSay: N_("Write one of them."),
}


def said(error: TabletLoansError) -> str:
    """Return what happened and what to do about it in the window."""
    if (way_out := _WAYS_OUT.get(type(error))) is None:
        return error.spoken()
    return f"{sentence_of(error)} {tr(way_out)}"


def sentence_of(error: TabletLoansError) -> str:
    """Return what happened alone, where the window itself offers what to do about it."""
    return tr(error.sentence).format(**{name: said_fact(name, value) for name, value in error.facts.items()})


def act_words(act: MdmAct) -> str:
    """Return an act as a button writes it."""
    return capital(tr(MDM_ACT_WORDS[act]))


def task_words(state: TaskState) -> str:
    """Return a task's state as a chip writes it."""
    return capital(tr(TASK_WORDS[state]))


def askers(task: TaskRow) -> str:
    """Return who asked, and who agreed where two persons had to."""
    both = tr("{one} and {other}").format(one=task.asked_by, other=task.second_by)
    return both if task.second_by else task.asked_by


def provider_words(provider: Provider) -> str:
    """Return a provider's name."""
    return capital(tr(PROVIDER_WORDS[provider]))


def day(moment: datetime | None) -> str:
    """Return the local day of a moment, "" for none."""
    return "" if moment is None else words.numeric_date(moment.astimezone().date())


def report_words(report: SyncReport, *, is_dry_run: bool) -> str:
    """Return what a sync read and changed, or would change, in one line."""
    read = trn("{count} device read", "{count} devices read", report.devices)
    parts = [read.format(count=words.number(report.devices))]
    odd = trn("{count} line not understood", "{count} lines not understood", report.odd_count)
    for count, each in (
        (report.new, trn("{count} new", "{count} new", report.new)),
        (report.changed, trn("{count} changed", "{count} changed", report.changed)),
        (report.gone, trn("{count} told no more", "{count} told no more", report.gone)),
        (report.odd_count, odd),
    ):
        if count:
            parts.append(each.format(count=words.number(count)))
    if not (report.new or report.changed or report.gone):
        parts.append(tr("nothing new"))
    if is_dry_run:  # else the list below tells them
        differences = sum(report.findings.values())
        counted = trn("{count} difference", "{count} differences", differences)
        parts.append(counted.format(count=words.number(differences)))
    name = tr("{mdm}, without writing").format(mdm=report.mdm) if is_dry_run else report.mdm
    return tr("{mdm}: {told}").format(mdm=name, told=" · ".join(parts))

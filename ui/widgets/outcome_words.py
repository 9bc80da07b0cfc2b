"""What the counter says of an outcome: on its big card, and in discreet words where families see the screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tablet_loans.domain.device import CONDITION_WORDS, STATE_WORDS, Condition
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.domain.offer import Offer, Promised
from tablet_loans.domain.pupil import PupilRow
from tablet_loans.domain.reasons import features_said
from tablet_loans.domain.trouble import ProgramFault
from tablet_loans.services.desk import Desk, Did, Mode, Notice, Outcome
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.theme import Tone
from ui.widgets.facts import Fact
from ui.words import joined


@dataclass(frozen=True, slots=True)
class Said:
    """The words of the card: a caption, a chip, one big line, one beneath it, facts and notices."""

    caption: str
    big: str
    line: str = ""
    chip: str = ""
    tone: Tone = Tone.ACCENT
    icon: str = "barcode"
    is_code: bool = False
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()

    def spoken(self) -> str:
        """Return all of it as one sentence, for who listens to the screen."""
        told = (self.caption, self.big, self.line, self.chip, *(notice.spoken() for notice in self.notices))
        return ". ".join(part for part in told if part)


@dataclass(frozen=True, slots=True)
class Voice:
    """How the counter speaks: of which desk, and whether strangers read along."""

    desk: Desk
    is_discreet: bool = False

    def name(self, pupil: PupilRow) -> str:
        """Return the name of the pupil who is served now."""
        return pupil.given_name if self.is_discreet else pupil.name

    def other(self, pupil: PupilRow | None) -> str:
        """Return the name of someone else."""
        return tr("another pupil") if self.is_discreet or pupil is None else pupil.name

    def big_other(self, pupil: PupilRow | None) -> str:
        """Return the same, where it begins a line."""
        name = self.other(pupil)
        return name[:1].upper() + name[1:]

    def place(self, pupil: PupilRow | None) -> str:
        """Return the class, and the school where strangers do not read along."""
        if pupil is None:
            return ""
        parts = (pupil.class_name, "" if self.is_discreet else pupil.school_name)
        return joined(*parts)

    def listed(self, pupil: PupilRow) -> str:
        """Return a pupil as the list of acts names each."""
        return initials(pupil) if self.is_discreet else joined(pupil.name, pupil.class_name)


def initials(pupil: PupilRow) -> str:
    """Return I. A."""
    letters = (pupil.given_name[:1], (pupil.usage_name or pupil.family_name)[:1])
    return " ".join(f"{letter.upper()}." for letter in letters if letter)


def late(days: int) -> str:
    """Return how late a return is, in words."""
    return trn("{days} day late", "{days} days late", days).format(days=words.number(days)) if days else ""


def lacking(outcome: Outcome) -> str:
    """Return which accessories were not handed out, or did not come back, in words."""
    missing = outcome.loan.missing if outcome.loan else ()
    return tr("Missing: {kit}").format(kit=", ".join(missing)) if missing else ""


def why(outcome: Outcome) -> str:
    """Return why nothing was done: what the rule says, else the program itself is at fault."""
    return (outcome.refusal or ProgramFault()).spoken()


def is_typed_name(outcome: Outcome) -> bool:
    """Say whether the words of a refusal are a name that was typed, which strangers must not read."""
    return outcome.tablet is None and (" " in outcome.code or not any(map(str.isdigit, outcome.code)))


def undone(outcome: Outcome) -> str:
    """Return which act was undone."""
    if outcome.undid is Did.RETURNED:
        return tr("Return undone: the tablet is lent again")
    if outcome.undid is Did.SWAPPED:
        return tr("Return and swap undone: both tablets are lent as before")
    if outcome.undid is Did.PROMISED:
        return tr("Promise undone")
    return tr("Signature undone") if outcome.undid is Did.SIGNED else tr("Loan undone")


def receiver(outcome: Outcome, *, is_discreet: bool) -> str:
    """Return who took the tablet, when it was not the pupil."""
    if outcome.loan is None or outcome.loan.received_by is ReceivedBy.PUPIL:
        return ""
    if outcome.loan.received_by is ReceivedBy.GUARDIAN:
        return tr("Received by a guardian")
    if outcome.loan.received_name and not is_discreet:
        return tr("Received by {name}").format(name=outcome.loan.received_name)
    return tr("Received by another person")


def condition(outcome: Outcome) -> str:
    """Return the condition in which the tablet came back, when it is not good."""
    if outcome.loan is None or outcome.loan.condition is Condition.GOOD:
        return ""
    written = tr(CONDITION_WORDS[outcome.loan.condition])
    return written[:1].upper() + written[1:]


def offered(offer: Offer, *, may_promise: bool) -> Notice:
    """Return for whom a ready tablet would be, by rank and school: no name, and nothing for a queue's eyes."""
    facts = {"rank": words.number(offer.waiting.rank), "school": offer.waiting.school_name}
    suits = N_("Suits the first who waits: rank {rank}, {school}")
    with_key = N_("F12: promise it to the first who waits (rank {rank}, {school})")
    return Notice(with_key if may_promise else suits, facts, is_warning=False, is_private=True)


def shortage(count: int) -> Notice:
    """Return how many promises lack a ready tablet now that one was lent to somebody else."""
    said = trn("{count} promise lacks a ready tablet now", "{count} promises lack a ready tablet now", count)
    return Notice(said.format(count=words.number(count)))


def promised(held: Promised) -> Notice:
    """Return what is promised to the pupil who stands at the counter."""
    if held.tag:
        return Notice(N_("Promised: tablet {tag}"), {"tag": held.tag}, is_warning=False)
    said = {"features": features_said(held.features)}
    return Notice(N_("Promised: tablet {features}"), said, is_warning=False)


def set_aside() -> Notice:
    """Return that a person set the pupil aside: not for a queue's eyes."""
    return Notice(N_("Set aside in this campaign"), is_private=True)


def said(outcome: Outcome, voice: Voice) -> Said:
    """Return what the card says of an outcome."""
    told = _SAID[outcome.did](outcome, voice)
    told_aside = tuple(each for each in outcome.notices if not (each.is_private and voice.is_discreet))
    notices = (*told_aside, *_who_waits(outcome, voice))
    return replace(told, facts=told.facts or _facts(outcome), notices=notices)


def _who_waits(outcome: Outcome, voice: Voice) -> tuple[Notice, ...]:
    """Say who or what waits on, when the card itself speaks of something else."""
    pending = outcome.pending
    if outcome.did in (Did.CHOSE_PUPIL, Did.CHOSE_TABLET, Did.CHOSE_FORM, Did.FOUND_SEVERAL, Did.FOUND_OTHER):
        return ()
    if pending.pupil is not None:
        waits = tr("{name} still waits for a tablet").format(name=voice.name(pending.pupil))
        return (Notice(waits, is_warning=False),)
    if pending.tag is not None:
        return (Notice(tr("Tablet {tag} still waits for a pupil").format(tag=pending.tag), is_warning=False),)
    return ()


def _facts(outcome: Outcome) -> tuple[Fact, ...]:
    tablet, loan = outcome.tablet, outcome.loan
    if tablet is None:
        return ()
    return (
        Fact(tr("Tablet"), tablet.tag, is_code=True),
        Fact(tr("Serial"), tablet.serial, is_code=True),
        Fact(tr("Due back"), words.long_date(loan.due_on) if loan and outcome.did is Did.LENT else ""),
        Fact(tr("Model"), tablet.model),
    )


def _name(outcome: Outcome, voice: Voice) -> str:
    return voice.name(outcome.pupil) if outcome.pupil else outcome.code


def _number(outcome: Outcome) -> str:
    return tr("Loan {number}").format(number=outcome.loan.number) if outcome.loan else ""


def _chose_pupil(outcome: Outcome, voice: Voice) -> Said:
    pupil, facts = outcome.pupil, []
    place = voice.place(pupil)
    if pupil and pupil.birth_date and not voice.is_discreet:
        facts.append(Fact(tr("Birth date"), words.long_date(pupil.birth_date)))
    if pupil and pupil.loan:
        facts.append(Fact(tr("Loan"), pupil.loan, is_code=True))
    caption = tr("Signed sheet of") if outcome.pending.campaign else tr("Pupil")
    told = Said(caption, _name(outcome, voice), place, icon="student", facts=tuple(facts))
    if voice.desk.mode is Mode.RETURN:
        return replace(told, chip=tr("Now scan the tablet that comes back"))
    if pupil and pupil.loan:
        line = joined(place, tr("already has loan {loan}").format(loan=pupil.loan))
        return replace(told, line=line, chip=tr("Now scan a tablet"), tone=Tone.WARN)
    return replace(told, chip=tr("Now scan a tablet"))


def _chose_tablet(outcome: Outcome, _voice: Voice) -> Said:
    tablet = outcome.tablet
    model, serial = (tablet.model, tablet.serial) if tablet else ("", "")
    state = tr(STATE_WORDS[tablet.state]) if tablet and tablet.state in STATE_WORDS else ""
    facts = (Fact(tr("Serial"), serial, is_code=True), Fact(tr("State"), state))
    chip = tr("Now scan a pupil")
    return Said(tr("Tablet"), outcome.code, model, chip, icon="device-tablet", is_code=True, facts=facts)


def _chose_form(outcome: Outcome, voice: Voice) -> Said:
    pupil, tag = outcome.pupil, outcome.pending.tag
    line = joined(voice.name(pupil), voice.place(pupil)) if pupil else tr("Tablet {tag}").format(tag=tag) if tag else ""
    chip = tr("Now scan a pupil") if pupil is None else tr("Now scan a tablet")
    return Said(tr("Blank agreement, filled in"), outcome.code, line, chip, icon="pencil-line", is_code=True)


def _showed_holder(outcome: Outcome, voice: Voice) -> Said:
    chip = tr("Scan it again to return it") if outcome.pending.doubted else ""
    place = "" if voice.is_discreet else voice.place(outcome.other)
    return Said(tr("Held by"), voice.big_other(outcome.other), place, chip, Tone.WARN, "user-focus")


def _found_other(outcome: Outcome, voice: Voice) -> Said:
    brings = _name(outcome, voice)
    place = "" if voice.is_discreet else voice.place(outcome.other)
    if outcome.is_swap:
        line = tr("{name} brings it: scanned again, both records are put right and it is returned").format(name=brings)
        chip = tr("Scan it again to swap")
    else:
        line = tr("{name} brings it and has none: scanned again, it is returned").format(name=brings)
        chip = tr("Scan it again to return it")
    big = voice.big_other(outcome.other)
    return Said(joined(tr("Held by"), place), big, line, chip, Tone.WARN, "users")


def _found_several(outcome: Outcome, voice: Voice) -> Said:
    big = tr("Several answers") if voice.is_discreet else f"“{outcome.code}”"
    return Said(tr("Several answers"), big, tr("Choose by its figure, or with the arrows and Enter."), icon="list")


def _lent(outcome: Outcome, voice: Voice) -> Said:
    line = joined(voice.place(outcome.pupil), receiver(outcome, is_discreet=voice.is_discreet), lacking(outcome))
    return Said(tr("Lent to"), _name(outcome, voice), line, _number(outcome), Tone.OK, "check")


def _returned(outcome: Outcome, voice: Voice) -> Said:
    notes = joined(late(outcome.loan.overdue_days if outcome.loan else 0), condition(outcome), lacking(outcome))
    line, tone = joined(voice.place(outcome.pupil), notes), Tone.WARN if notes else Tone.OK
    return Said(tr("Returned by"), _name(outcome, voice), line, _number(outcome), tone, "check")


def _swapped(outcome: Outcome, voice: Voice) -> Said:
    right = tr("Both records are put right: {name} has the other tablet").format(name=voice.other(outcome.other))
    line = joined(right, condition(outcome), lacking(outcome))
    return Said(tr("Swapped and returned"), _name(outcome, voice), line, _number(outcome), Tone.OK, "arrows-left-right")


def _signed(outcome: Outcome, voice: Voice) -> Said:
    place = voice.place(outcome.pupil)
    return Said(tr("Agreement signed"), _name(outcome, voice), place, _number(outcome), Tone.OK, "pencil-line")


def _promised(outcome: Outcome, _voice: Voice) -> Said:
    model, serial = (outcome.tablet.model, outcome.tablet.serial) if outcome.tablet else ("", "")
    facts = (Fact(tr("Serial"), serial, is_code=True),)
    return Said(tr("Promised to who waits"), outcome.code, model, "", Tone.OK, "check", is_code=True, facts=facts)


def _refused(outcome: Outcome, voice: Voice) -> Said:
    is_code = outcome.pupil is None and outcome.tablet is not None
    is_hidden = voice.is_discreet and is_typed_name(outcome)
    big = "" if is_hidden else _name(outcome, voice)
    line = tr("Nobody found") if is_hidden and outcome.refusal else why(outcome)
    chip = tr("Nothing was recorded")
    return Said(tr("Refused"), big or tr("Refused"), line, chip, Tone.BAD, "x", is_code=is_code)


def _undid(outcome: Outcome, voice: Voice) -> Said:
    icon = "arrow-counter-clockwise"
    return Said(undone(outcome), _name(outcome, voice), voice.place(outcome.pupil), _number(outcome), icon=icon)


_SAID: Final[Mapping[Did, Callable[[Outcome, Voice], Said]]] = {
    Did.CHOSE_PUPIL: _chose_pupil,
    Did.CHOSE_TABLET: _chose_tablet,
    Did.CHOSE_FORM: _chose_form,
    Did.SHOWED_HOLDER: _showed_holder,
    Did.FOUND_OTHER: _found_other,
    Did.FOUND_SEVERAL: _found_several,
    Did.LENT: _lent,
    Did.RETURNED: _returned,
    Did.SWAPPED: _swapped,
    Did.SIGNED: _signed,
    Did.PROMISED: _promised,
    Did.REFUSED: _refused,
    Did.UNDID: _undid,
}

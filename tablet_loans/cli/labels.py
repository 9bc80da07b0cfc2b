"""What the keys and codes of an answer are called when a person reads it; a program reads them as they are."""

from collections.abc import Mapping
from typing import Final

from tablet_loans.domain.act import ACTION_WORDS
from tablet_loans.domain.agreement import AGREEMENT_WORDS
from tablet_loans.domain.campaign import STATUS_WORDS
from tablet_loans.domain.chronicle import CRITERION_WORDS, PLAN_WORDS
from tablet_loans.domain.correction import FIELDS
from tablet_loans.domain.device import CONDITION_WORDS, KIND_WORDS, PLACE_WORDS, STATE_WORDS
from tablet_loans.domain.difference import DIFFERENCE_WORDS
from tablet_loans.domain.drill import STEP_WORDS
from tablet_loans.domain.enrolment import ENROLMENT_WORDS, MDM_ACT_WORDS, PROVIDER_WORDS
from tablet_loans.domain.fairness import SHARE_WORDS
from tablet_loans.domain.filing import PAGE_FATE_WORDS
from tablet_loans.domain.finding import FINDING_NAMES
from tablet_loans.domain.label import LABEL_WORDS
from tablet_loans.domain.letter import LETTER_WORDS
from tablet_loans.domain.loan import LOAN_WORDS
from tablet_loans.domain.mail import MESSAGE_WORDS, TEST, WAY_WORDS
from tablet_loans.domain.mark import MARK_WORDS
from tablet_loans.domain.mdm_rule import CAUTION_WORDS, OWNER_WORDS
from tablet_loans.domain.mdm_task import TASK_WORDS
from tablet_loans.domain.need import EQUIPMENT_WORDS, SOURCE_WORDS
from tablet_loans.domain.problem import FATE_WORDS
from tablet_loans.domain.proof import PROBLEM_WORDS
from tablet_loans.domain.roster import CARE_WORDS
from tablet_loans.text import N_, tr

_LABELS: Final[Mapping[str, str]] = {
    **FIELDS,
    "eligible": N_("Eligible"), "served": N_("Served"), "waiting": N_("Waiting"), "choices": N_("Choices"),
    "rank": N_("Rank"), "same": N_("The same"), "digest": N_("Digest"), "sentence": N_("Why"),
    "acts": N_("Acts"), "copy": N_("Copy"), "database": N_("Base"), "encrypted": N_("Encrypted"),
    "erased": N_("Erased"), "heads": N_("Last lines"), "lines": N_("Lines"), "overdue_loans": N_("Overdue loans"),
    "path": N_("File"), "recovery_confirmed": N_("Phrase typed back"), "rows_copied": N_("Lines copied"),
    "sound": N_("Sound"), "stations": N_("Stations"), "versions": N_("Versions"),
    "action": N_("Act"), "actor": N_("By whom"), "after": N_("After"), "agreement": N_("Agreement"),
    "agreements": N_("Agreements"), "answered": N_("Have answered"), "answered_by": N_("Answered by"),
    "asked_on": N_("Asked on"), "at": N_("At"), "before": N_("Before"), "campaign": N_("Campaign"),
    "care": N_("Care"), "cellular": N_("SIM card"), "changed": N_("Changes made"), "changes": N_("What changes"),
    "class": N_("Class"), "classes": N_("Classes"), "closed": N_("Closed"), "commune": N_("Commune"),
    "condition": N_("Condition"), "corrected": N_("Corrected by hand"), "counts": N_("Counts"),
    "created": N_("Created"), "depot": N_("Depot"), "device": N_("Device"), "devices": N_("Devices"),
    "doubts": N_("Doubts"), "due": N_("Due on"), "email": N_("Mail address"), "equipment": N_("Equipment"),
    "fate": N_("What becomes of it"), "field": N_("Field"), "file": N_("File"), "files": N_("Files"),
    "folder": N_("Folder"), "gone_on": N_("Gone on"), "guardians": N_("Guardians"), "household": N_("Household"),
    "household_loans": N_("Loans in the household"), "id": N_("Number"), "imei": N_("IMEI"),
    "is_institution": N_("An institution"), "kind": N_("Kind"),
    "lacking": N_("Lacking"), "ledger": N_("Ledger line"), "left": N_("No longer there"), "left_on": N_("Left on"),
    "lent": N_("Lent tablets"), "lent_on": N_("Lent on"), "line": N_("Line"), "loan": N_("Loan"), "loans": N_("Loans"),
    "local_number": N_("Number in the school"), "maker": N_("Maker"), "missing": N_("Missing"),
    "mobile": N_("Mobile phone"), "model": N_("Model"), "moved": N_("Changed school"), "moved_from": N_("Came from"),
    "moved_on": N_("Moved on"), "moved_to": N_("Moved to"), "name": N_("Name"), "need": N_("Need"),
    "none": N_("Nothing"), "open_loans": N_("Open loans"), "other": N_("May be"), "overdue_days": N_("Days overdue"),
    "fields": N_("Fields"), "group": N_("Clause"), "language": N_("Language"), "resumed": N_("There already"),
    "signed_at": N_("Signed on"), "text": N_("Text"), "title": N_("Title"), "version": N_("Version"),
    "own": N_("Own equipment"), "pages": N_("Pages"), "phones": N_("Phone numbers"), "place": N_("Place"),
    "priority": N_("Priority"), "problem_sheets": N_("Lines to look at"), "problems": N_("Problems"),
    "pupil": N_("Pupil"), "pupils": N_("Pupils"), "read": N_("Answers read"), "reason": N_("Reason"),
    "refused": N_("Why it is refused"), "rows": N_("Lines"), "school": N_("School"), "school_name": N_("School's name"),
    "schools": N_("Schools"),
    "serial": N_("Serial number"), "shared": N_("Shared with others"), "source": N_("Source"), "state": N_("State"),
    "station": N_("Station"), "status": N_("State"), "story": N_("Story"), "tag": N_("Asset tag"),
    "to_recall": N_("To call back"), "uai": N_("UAI"), "unchanged": N_("Unchanged"), "undoes": N_("Undoes"),
    "undone": N_("Undone"), "updated": N_("Updated"), "why": N_("Why"),
    "appeal": N_("To contest a decision"), "authority": N_("Authority"), "carried": N_("Needs carried over"),
    "released": N_("Promises released"),
    "confirmed": N_("Confirmed"), "helpline": N_("Helpline"), "kit": N_("Accessories"),
    "needs_closed_at": N_("Needs closed at"), "needs_until": N_("Needs until"), "out": N_("Still out"),
    "relaunches": N_("Relaunches"), "seed": N_("Seed"), "seed_hash": N_("SHA-256 of the seed"),
    "starts": N_("Begins on"), "to_confirm": N_("To confirm"),
    "answer": N_("Answer"), "back": N_("In need again"), "change": N_("What changes"), "counted": N_("How many"),
    "unproved": N_("Not proved"), "differs": N_("Made again, differs in"),
    "criteria": N_("Criteria"), "difference": N_("Difference"), "differences": N_("Since the plan applied before"),
    "down": N_("Further from the first"), "equipment_shares": N_("By equipment"), "exam_classes": N_("Exam classes"),
    "excluded": N_("Set aside"), "gained": N_("Served now"), "gone": N_("No longer in the plan"),
    "in_need": N_("In need"), "is_undone": N_("Undone since"), "kept": N_("Promises kept"), "letters": N_("Letters"),
    "lost": N_("Served no longer"), "mark": N_("Mark"), "new": N_("New in the plan"), "note": N_("Note"),
    "other_class": N_("Served with another class"), "other_eligible": N_("Eligible, other plan"),
    "other_rank": N_("Rank, other plan"), "other_served": N_("Served, other plan"), "percent": N_("Share, %"),
    "percent_after": N_("Covered after, %"), "percent_before": N_("Covered before, %"),
    "percent_others": N_("Share of the others, %"), "places": N_("Places gained"), "plan": N_("Plan"),
    "plans": N_("Plans"),
    "rank_before": N_("Rank before"),
    "remaining": N_("Devices left over"), "reserve": N_("Reserve"), "reserved": N_("Held back"), "rules": N_("Rules"),
    "school_reserves": N_("Reserves of schools"), "since": N_("Since"), "unmet_pins": N_("Pinned who wait"),
    "up": N_("Nearer to the first"), "what": N_("What"),
    "an_hour": N_("An hour"), "blocking": N_("Blocks"), "command": N_("Command"), "count": N_("How many"),
    "day": N_("What the day needs"), "days": N_("Days"), "example": N_("What was said"),
    "pace_s": N_("Seconds a pupil"), "promised": N_("Promised"), "readiness": N_("Before lending"),
    "ready": N_("Ready"), "room": N_("Room"), "seconds": N_("Seconds"), "seconds_for_all": N_("Seconds for all"),
    "station_hours": N_("Hours at the counter"), "step": N_("Step"), "steps": N_("Steps"), "total": N_("Of"),
    "well": N_("Without a refusal"), "wrong": N_("What went wrong"),
    "carton": N_("Carton"), "cartons": N_("Cartons"), "offers": N_("Suits who waits"), "packed": N_("Packed"),
    "where": N_("Where it stands"), "short": N_("Promises without a ready tablet"),
    "set_aside": N_("Set aside in this campaign"),
    "priority_cap_percent": N_("Priorities that count, %"), "who_gained": N_("Who is served now"),
    "who_lost": N_("Who is served no longer"),
    "aliases": N_("Other names"), "columns": N_("Columns"), "down_mm": N_("Down, mm"), "height_mm": N_("Height, mm"),
    "label": N_("State of the label"), "labels": N_("Labels"), "paper": N_("Paper"), "printed_at": N_("Printed on"),
    "printed_by": N_("Printed by"), "printer": N_("Printer"), "right_mm": N_("To the right, mm"),
    "scale": N_("Scale"), "settled_at": N_("Settled on"), "stock": N_("Stock of labels"), "to_do": N_("To do"),
    "width_mm": N_("Width, mm"), "accessories": N_("Accessories"),
    "doubled": N_("One more for the same loan"), "empty": N_("Empty pages"), "filed": N_("Filed"),
    "filed_again": N_("Filed before"), "page": N_("Page"), "signed": N_("Signed"), "to_look_at": N_("To look at"),
    "account": N_("Account"), "act": N_("Act asked"), "asked": N_("Asked for"),
    "asked_at": N_("Asked at"), "asked_by": N_("Asked by"), "at_counter": N_("Not enrolled, at the counter"),
    "at_return": N_("Not released, when made ready"), "enrolment": N_("In the MDMs"), "enrolments": N_("In the MDMs"),
    "external_id": N_("Number in the MDM"), "findings": N_("To look at"), "groups": N_("Groups by campaign"),
    "key_kept": N_("Key kept in the keyring"), "lent_enrolled": N_("Lent and enrolled"), "mdm": N_("MDM"),
    "mdms": N_("MDMs"), "missing_rights": N_("Rights that are missing"), "not_released": N_("Not released"),
    "not_told": N_("Told no more"), "owner": N_("Owner told"), "proposal": N_("What is proposed"),
    "read_at": N_("Last read from here"),
    "provider": N_("Provider"), "second_by": N_("Second person"), "stale_days": N_("Not seen, days"),
    "tasks": N_("Tasks"), "tasks_waiting": N_("Tasks that wait"), "told_at": N_("Answered at"),
    "unreadable": N_("Unreadable"), "told_first": N_("Told for the first time"),
    "went_on": N_("Went on from where it had stopped"), "not_in_register": N_("Not in the register"),
    **{kind: words for kind, words in FINDING_NAMES.items() if kind != "not_in_register"}, **ENROLMENT_WORDS,
    "last": N_("Last reminder"), "last_on": N_("Sent on"), "next": N_("Next one"),
    "skipped_level": N_("Without the reminder before"), "without_address": N_("To be handed over by the school"),
    "address": N_("Address"), "doubtful": N_("Not known whether it left, see --again"),
    "failed": N_("Put off by the server, not sent"), "host": N_("Mail server"), "mails": N_("Mails"),
    "not_addresses": N_("What is noted is no mail address"), "password_kept": N_("Password kept in the keyring"),
    "port": N_("Port"), "recent": N_("Sent a few days ago, not again"), "security": N_("Encryption"),
    "sender": N_("Mails come from"), "sent": N_("Mails sent"), "to_send": N_("To be sent"),
    "undeliverable": N_("Undeliverable"), "user": N_("User"), "way": N_("Way"),
    "without_email": N_("Without a mail address"),
}  # fmt: skip
ROOM_WORDS: Final[Mapping[str, str]] = {
    "pupils": N_("Pupils"), "needs": N_("Needs"), "schools": N_("Schools"), "allocation": N_("Allocation"),
    "agreements": N_("Agreements"), "campaigns": N_("Campaigns"), "devices": N_("Devices"),
}  # fmt: skip
_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "act": MDM_ACT_WORDS,
    "action": ACTION_WORDS,
    "after": ENROLMENT_WORDS,
    "at_counter": CAUTION_WORDS,
    "at_return": CAUTION_WORDS,
    "before": ENROLMENT_WORDS,
    "owner": OWNER_WORDS,
    "provider": PROVIDER_WORDS,
    "agreement": AGREEMENT_WORDS,
    "answer": SHARE_WORDS,
    "change": DIFFERENCE_WORDS,
    "care": {care.value: words for care, words in CARE_WORDS.items()},
    "condition": CONDITION_WORDS,
    "corrected": FIELDS,
    "criteria": CRITERION_WORDS,
    "enrolment": ENROLMENT_WORDS,
    "equipment": EQUIPMENT_WORDS,
    "fate": {**FATE_WORDS, **PAGE_FATE_WORDS},
    "field": FIELDS,
    "kind": {**KIND_WORDS, **FINDING_NAMES, **LETTER_WORDS, TEST: N_("test mail")},
    "label": LABEL_WORDS,
    "unproved": PROBLEM_WORDS,
    "last": LETTER_WORDS,
    "mark": MARK_WORDS,
    "next": LETTER_WORDS,
    "room": ROOM_WORDS,
    "step": STEP_WORDS,
    "place": PLACE_WORDS,
    "source": SOURCE_WORDS,
    "state": {**STATE_WORDS, **LOAN_WORDS, **PLAN_WORDS, **MESSAGE_WORDS, **TASK_WORDS},
    "status": STATUS_WORDS,
    "way": WAY_WORDS,
}


def label(key: str) -> str:
    """Return what a key is called."""
    return tr(_LABELS.get(key, key))


def word(key: str, code: str) -> str:
    """Return what a code under a key means; a text that is no code is said as it is."""
    if key == "class" and not code:
        return tr(N_("without a class"))
    found = _CODES.get(key, {}).get(code)
    return code if found is None else tr(found)

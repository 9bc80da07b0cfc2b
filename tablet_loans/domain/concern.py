"""A concern: one thing that may keep a campaign from lending, in words, and what mends it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from tablet_loans.text import N_, tr, trn


class Concern(StrEnum):
    """What may stand in the way, in the order in which it is seen to."""

    OLD_BASE = "old_base"
    NOT_OPEN = "not_open"
    OVER = "over"
    ENDED = "ended"
    SEVERAL_OPEN = "several_open"
    NO_PUPILS = "no_pupils"
    EMPTY_SCHOOLS = "empty_schools"
    NO_CLASS = "no_class"
    SILENT_SCHOOLS = "silent_schools"
    FEW_ANSWERS = "few_answers"
    TO_CONFIRM = "to_confirm"
    NEEDS_OPEN = "needs_open"
    DOUBTFUL_HOUSEHOLDS = "doubtful_households"
    NO_DEVICES = "no_devices"
    TO_PREPARE = "to_prepare"
    IN_REPAIR = "in_repair"
    STILL_OUT = "still_out"
    UNSIGNED = "unsigned"
    RESERVES = "reserves"
    NO_PLAN = "no_plan"
    PLAN_OUTDATED = "plan_outdated"
    NOT_APPLIED = "not_applied"
    UNMET_PINS = "unmet_pins"
    FAR_SCHOOLS = "far_schools"
    SHORT = "short"
    PROMISES_LEFT = "promises_left"
    WORDING = "wording"
    NO_BACKUP = "no_backup"
    OLD_BACKUP = "old_backup"
    RECOVERY = "recovery"


BLOCKING: Final = frozenset(
    {
        Concern.OLD_BASE, Concern.NOT_OPEN, Concern.OVER, Concern.ENDED, Concern.NO_PUPILS, Concern.NO_DEVICES,
        Concern.RESERVES, Concern.NO_PLAN, Concern.PLAN_OUTDATED, Concern.SHORT,
    }
)  # fmt: skip


MENDED: Final[Mapping[Concern, tuple[str, str]]] = {
    Concern.OLD_BASE: ("", "upgrade"),
    Concern.NOT_OPEN: ("campaigns", "campaign open {name}"),
    Concern.OVER: ("campaigns", "campaign relaunch {name} NEW --due DATE"),
    Concern.ENDED: ("campaigns", "campaign relaunch {name} NEW --due DATE"),
    Concern.SEVERAL_OPEN: ("campaigns", "campaign list"),
    Concern.NO_PUPILS: ("pupils", "import pupils FILE"),
    Concern.EMPTY_SCHOOLS: ("schools", "import pupils FILE --school UAI"),
    Concern.NO_CLASS: ("pupils", "import pupils FILE --school UAI"),
    Concern.SILENT_SCHOOLS: ("schools", "schools workbook --campaign {name} --out FOLDER"),
    Concern.FEW_ANSWERS: ("schools", "schools workbook --campaign {name} --out FOLDER"),
    Concern.TO_CONFIRM: ("needs", "needs confirm {name}"),
    Concern.NEEDS_OPEN: ("campaigns", "needs close {name}"),
    Concern.DOUBTFUL_HOUSEHOLDS: ("", "households list"),
    Concern.NO_DEVICES: ("devices", "import devices FILE"),
    Concern.TO_PREPARE: ("devices", "prepare TAG"),
    Concern.IN_REPAIR: ("devices", "devices list --state in_repair"),
    Concern.STILL_OUT: ("devices", "loans list --open"),
    Concern.UNSIGNED: ("agreements", "agreements list --state missing"),
    Concern.RESERVES: ("allocation", "plan rules {name} --reserve N"),
    Concern.NO_PLAN: ("allocation", "allocate {name}"),
    Concern.PLAN_OUTDATED: ("allocation", "allocate {name}"),
    Concern.NOT_APPLIED: ("allocation", "allocate {name} --apply"),
    Concern.UNMET_PINS: ("allocation", "plan marks {name}"),
    Concern.FAR_SCHOOLS: ("allocation", "plan far {name}"),
    Concern.SHORT: ("devices", "devices list --state to_prepare"),
    Concern.PROMISES_LEFT: ("campaigns", "campaign close {over}"),
    Concern.WORDING: ("campaigns", "campaign edit {name} --helpline TEXT --appeal TEXT --authority TEXT"),
    Concern.NO_BACKUP: ("", "backup FILE"),
    Concern.OLD_BACKUP: ("", "backup FILE"),
    Concern.RECOVERY: ("", "recovery confirm"),
}
"""The room of the window and the command that mend each concern."""

SAID: Final[Mapping[Concern, Callable[[int], str]]] = {
    Concern.OLD_BASE: lambda _: tr("The base is of the version before this program's."),
    Concern.NOT_OPEN: lambda _: tr("The campaign is not open."),
    Concern.OVER: lambda _: tr("The campaign is closed: it lends no more."),
    Concern.ENDED: lambda _: tr("The campaign's return date is over."),
    Concern.SEVERAL_OPEN: lambda _: tr("{count} campaigns are open: the counter must be told which one."),
    Concern.NO_PUPILS: lambda _: tr("No pupil takes part in the campaign."),
    Concern.EMPTY_SCHOOLS: lambda count: trn(
        "{count} school that takes part has no pupil.", "{count} schools that take part have no pupil.", count
    ),
    Concern.NO_CLASS: lambda count: trn(
        "{count} pupil is in no class.", "{count} pupils are in no class.", count
    ),
    Concern.SILENT_SCHOOLS: lambda count: trn(
        "{count} school has not answered.", "{count} schools have not answered.", count
    ),
    Concern.FEW_ANSWERS: lambda count: trn(
        "{count} school answered for less than half of its pupils.",
        "{count} schools answered for less than half of their pupils.",
        count,
    ),
    Concern.TO_CONFIRM: lambda count: trn(
        "{count} need of the campaign before is to be confirmed.",
        "{count} needs of the campaign before are to be confirmed.",
        count,
    ),
    Concern.NEEDS_OPEN: lambda _: tr("The needs are not closed: a late answer changes the ranks."),
    Concern.DOUBTFUL_HOUSEHOLDS: lambda count: trn(
        "{count} household is doubtful: nobody said whether these pupils live together.",
        "{count} households are doubtful: nobody said whether these pupils live together.",
        count,
    ),
    Concern.NO_DEVICES: lambda _: tr("No tablet is ready to be lent."),
    Concern.TO_PREPARE: lambda count: trn(
        "{count} tablet waits to be wiped and charged.", "{count} tablets wait to be wiped and charged.", count
    ),
    Concern.IN_REPAIR: lambda count: trn(
        "{count} tablet is in repair.", "{count} tablets are in repair.", count
    ),
    Concern.STILL_OUT: lambda count: trn(
        "{count} tablet of another campaign is still out.", "{count} tablets of other campaigns are still out.", count
    ),
    Concern.UNSIGNED: lambda count: trn(
        "{count} of the loans still out has no signed agreement.",
        "{count} of the loans still out have no signed agreement.",
        count,
    ),
    Concern.RESERVES: lambda count: trn(
        "The reserves hold back {count} tablet more than is ready.",
        "The reserves hold back {count} tablets more than are ready.",
        count,
    ),
    Concern.NO_PLAN: lambda _: tr("No plan says who receives a tablet."),
    Concern.PLAN_OUTDATED: lambda _: tr("What the last plan was made from has changed since."),
    Concern.NOT_APPLIED: lambda _: tr("The last plan is a draft: nobody was promised a tablet by it."),
    Concern.UNMET_PINS: lambda count: trn(
        "{count} pinned pupil waits all the same.", "{count} pinned pupils wait all the same.", count
    ),
    Concern.FAR_SCHOOLS: lambda count: trn(
        "{count} school lies far from the others in its answers.",
        "{count} schools lie far from the others in their answers.",
        count,
    ),
    Concern.SHORT: lambda count: trn(
        "{count} promise has no tablet ready to keep it.", "{count} promises have no tablet ready to keep them.", count
    ),
    Concern.PROMISES_LEFT: lambda count: trn(
        "{count} promise of “{over}”, which is over, holds a tablet.",
        "{count} promises of “{over}”, which is over, hold tablets.",
        count,
    ),
    Concern.WORDING: lambda count: trn(
        "{count} text of the campaign's papers is empty (authority, helpline, appeal).",
        "{count} texts of the campaign's papers are empty (authority, helpline, appeal).",
        count,
    ),
    Concern.NO_BACKUP: lambda _: tr("No copy of the base was made by the program."),
    Concern.OLD_BACKUP: lambda count: trn(
        "The last copy of the base is {count} day old.", "The last copy of the base is {count} days old.", count
    ),
    Concern.RECOVERY: lambda _: tr("The recovery phrase was never typed back."),
}  # fmt: skip

TO_DO: Final[Mapping[Concern, str]] = {
    Concern.OLD_BASE: N_("Bring the base to this version; a copy is made first."),
    Concern.NOT_OPEN: N_("Open it: only an open campaign lends."),
    Concern.OVER: N_("Launch it again with new dates."),
    Concern.ENDED: N_("Launch it again with new dates."),
    Concern.SEVERAL_OPEN: N_("Close those that are over."),
    Concern.NO_PUPILS: N_("Import the schools' pupils."),
    Concern.EMPTY_SCHOOLS: N_("Import their pupils, or leave them out."),
    Concern.NO_CLASS: N_("Import their school's file again, with the classes."),
    Concern.SILENT_SCHOOLS: N_("Send them their workbook, or call them."),
    Concern.FEW_ANSWERS: N_("Remind them before the needs are closed."),
    Concern.TO_CONFIRM: N_("Confirm them, or ask the schools again."),
    Concern.NEEDS_OPEN: N_("Close the needs before the plan is made."),
    Concern.DOUBTFUL_HOUSEHOLDS: N_("Join them or part them."),
    Concern.NO_DEVICES: N_("Receive a delivery, or prepare those that came back."),
    Concern.TO_PREPARE: N_("Prepare them, then scan them as ready."),
    Concern.IN_REPAIR: N_("Ask the repairer for a date."),
    Concern.STILL_OUT: N_("Call the families, or do without them."),
    Concern.UNSIGNED: N_("Have them signed when the family comes."),
    Concern.RESERVES: N_("Lower the reserves."),
    Concern.NO_PLAN: N_("Make a plan."),
    Concern.PLAN_OUTDATED: N_("Make the plan again."),
    Concern.NOT_APPLIED: N_("Read it, then apply it."),
    Concern.UNMET_PINS: N_("Add a tablet that suits them, or unpin them."),
    Concern.FAR_SCHOOLS: N_("Call them, or cap their priorities."),
    Concern.SHORT: N_("Prepare tablets of the same class, or release promises."),
    Concern.PROMISES_LEFT: N_("Close it once more: they are released."),
    Concern.WORDING: N_("Fill them in before anything is printed."),
    Concern.NO_BACKUP: N_("Make one, and keep it elsewhere."),
    Concern.OLD_BACKUP: N_("Make one today, and keep it elsewhere."),
    Concern.RECOVERY: N_("Type it back: without it, a lost computer is a lost base."),
}  # fmt: skip

"""A finding: where an MDM and the register differ, in words, and the act that would put it right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tablet_loans.domain.enrolment import MDM_ACT_WORDS, MdmAct
from tablet_loans.text import N_, tr


class FindingKind(StrEnum):
    """How an MDM and the register can differ, what matters most first."""

    NO_LOST_MODE = "no_lost_mode"
    NEVER_ENROLLED = "never_enrolled"
    OTHER_PUPIL = "other_pupil"
    NOT_RELEASED = "not_released"
    LOST_MODE_LEFT = "lost_mode_left"
    NOT_SEEN = "not_seen"
    TWO_RECORDS = "two_records"
    NOT_IN_REGISTER = "not_in_register"
    NOT_IN_MDM = "not_in_mdm"
    NO_SERIAL = "no_serial"
    OTHER_TAG = "other_tag"
    OTHER_GROUP = "other_group"


class ByHand(StrEnum):
    """What is proposed where no MDM is asked."""

    ENROL = "enrol"
    RECEIVE = "receive"
    CALL = "call"
    DELETE_THERE = "delete_there"
    NUMBER_THERE = "number_there"
    GROUP_THERE = "group_there"


BY_HAND_WORDS: Final[Mapping[str, str]] = {
    ByHand.ENROL: N_("enrol it"),
    ByHand.RECEIVE: N_("receive it"),
    ByHand.CALL: N_("ask the family for it"),
    ByHand.DELETE_THERE: N_("delete the older record there"),
    ByHand.NUMBER_THERE: N_("look there which tablet it is"),
    ByHand.GROUP_THERE: N_("move it there to the group"),
}

FINDING_WORDS: Final[Mapping[str, str]] = {
    FindingKind.NO_LOST_MODE: N_("Lost or stolen, and not in lost mode"),
    FindingKind.NEVER_ENROLLED: N_("Lent, and not enrolled"),
    FindingKind.OTHER_PUPIL: N_("Enrolled to another than the pupil who has it"),
    FindingKind.NOT_RELEASED: N_("Returned, and still with an owner"),
    FindingKind.LOST_MODE_LEFT: N_("Here again, and still in lost mode"),
    FindingKind.NOT_SEEN: N_("Lent, and not seen for {days} days"),
    FindingKind.TWO_RECORDS: N_("Told twice: the newest counts, not {other}"),
    FindingKind.NOT_IN_REGISTER: N_("In the MDM, and not in the register"),
    FindingKind.NOT_IN_MDM: N_("In the register, and in no MDM"),
    FindingKind.NO_SERIAL: N_("In the MDM without a serial number"),
    FindingKind.OTHER_TAG: N_("Bears another asset tag there: {told}"),
    FindingKind.OTHER_GROUP: N_("In another group than its campaign’s: {group} is expected"),
}

FINDING_NAMES: Final[Mapping[str, str]] = {
    FindingKind.NO_LOST_MODE: N_("lost without lost mode"),
    FindingKind.NEVER_ENROLLED: N_("lent, not enrolled"),
    FindingKind.OTHER_PUPIL: N_("another pupil’s"),
    FindingKind.NOT_RELEASED: N_("not released"),
    FindingKind.LOST_MODE_LEFT: N_("left in lost mode"),
    FindingKind.NOT_SEEN: N_("lent, not seen"),
    FindingKind.TWO_RECORDS: N_("told twice"),
    FindingKind.NOT_IN_REGISTER: N_("not in the register"),
    FindingKind.NOT_IN_MDM: N_("in no MDM"),
    FindingKind.NO_SERIAL: N_("no serial number"),
    FindingKind.OTHER_TAG: N_("another asset tag"),
    FindingKind.OTHER_GROUP: N_("another group"),
}

ACTS: Final[Mapping[FindingKind, MdmAct]] = {
    FindingKind.NO_LOST_MODE: MdmAct.LOST_MODE_ON,
    FindingKind.OTHER_PUPIL: MdmAct.NAME,
    FindingKind.NOT_RELEASED: MdmAct.REMOVE_OWNER,
    FindingKind.LOST_MODE_LEFT: MdmAct.LOST_MODE_OFF,
    FindingKind.OTHER_TAG: MdmAct.NAME,
}
BY_HAND: Final[Mapping[FindingKind, ByHand]] = {
    FindingKind.NEVER_ENROLLED: ByHand.ENROL,
    FindingKind.NOT_SEEN: ByHand.CALL,
    FindingKind.TWO_RECORDS: ByHand.DELETE_THERE,
    FindingKind.NOT_IN_REGISTER: ByHand.RECEIVE,
    FindingKind.NOT_IN_MDM: ByHand.ENROL,
    FindingKind.NO_SERIAL: ByHand.NUMBER_THERE,
    FindingKind.OTHER_GROUP: ByHand.GROUP_THERE,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: the device in the register and the record in the MDM, either of which may be missing.

    `is_offered` says that this MDM takes the act that is proposed; otherwise it is done in its own console.
    """

    kind: FindingKind
    tag: str = ""
    device_id: int | None = None
    mdm: str = ""
    external_id: str = ""
    serial: str = ""
    school: str = ""
    campaign: str = ""
    is_offered: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def act(self) -> MdmAct | None:
        """Return the act proposed, when an MDM can be asked for it."""
        return ACTS.get(self.kind)

    @property
    def sentence(self) -> str:
        """Return what differs, in the language in use."""
        return tr(FINDING_WORDS[self.kind]).format(**self.facts)

    @property
    def proposal(self) -> str:
        """Return what is proposed, in the language in use."""
        if self.act is None:
            return tr(BY_HAND_WORDS[BY_HAND[self.kind]])
        said = tr(MDM_ACT_WORDS[self.act])
        return said if self.is_offered else tr(N_("in the MDM’s own console: {act}")).format(act=said)


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """What a list of findings lets through; empty lets everything."""

    kind: FindingKind | None = None
    school: str = ""
    campaign: str = ""
    mdm: str = ""

    def lets(self, finding: Finding) -> bool:
        """Say whether a finding is let through."""
        return (
            (self.kind is None or finding.kind is self.kind)
            and self.school in ("", finding.school)
            and self.campaign in ("", finding.campaign)
            and self.mdm in ("", finding.mdm)
        )

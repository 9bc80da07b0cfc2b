"""The two sides of a device: what the register has, what an MDM told, and which of it differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from tablet_loans.domain.enrolment import ENROLMENT_WORDS
from tablet_loans.domain.finding import Finding, FindingKind
from tablet_loans.domain.record_seen import RecordSeen
from tablet_loans.services.minding_mdm import Sides
from tablet_loans.text import tr
from ui import words
from ui.widgets.device_words import capital, state_words
from ui.widgets.mdm_words import day
from ui.widgets.record_parts import label

_NONE = "–"
_DIFFERS = {
    FindingKind.OTHER_PUPIL: "owner", FindingKind.NOT_RELEASED: "owner", FindingKind.OTHER_TAG: "tag",
    FindingKind.NEVER_ENROLLED: "enrolled", FindingKind.NOT_SEEN: "seen", FindingKind.OTHER_GROUP: "group",
    FindingKind.NO_LOST_MODE: "state", FindingKind.LOST_MODE_LEFT: "state", FindingKind.NO_SERIAL: "serial",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing compared: its name, the register's and the MDM's; `differs` is what the finding is about."""

    name: str
    here: str
    there: str
    is_code: bool = False
    differs: bool = False


def told_by(sides: Sides, finding: Finding | None) -> RecordSeen | None:
    """Return the record that is compared: the finding's own, else the one told now."""
    own = [each for each in sides.records if finding and each.external_id == finding.external_id]
    return next(iter([*own, *(each for each in sides.records if each.gone_at is None)]), None)


def compared(sides: Sides, finding: Finding | None) -> list[Line]:
    """Return what stands side by side."""
    row, told = sides.row, told_by(sides, finding)
    about = _DIFFERS.get(finding.kind, "") if finding else ""
    enrolled = capital(tr(ENROLMENT_WORDS[told.enrolment])) if told else ""
    state = words.joined(told.state, tr("lost mode") if told.is_lost else "") if told else ""
    owner = "\n".join(part for part in (sides.owner, sides.owner_code) if part)
    lines = (
        ("serial", tr("Serial"), (row.serial or "") if row else "", told.serial if told else "", True),
        ("tag", tr("Tag"), row.tag if row else "", told.asset_tag if told else "", True),
        ("owner", tr("Owner"), owner, told.owner if told else "", False),
        ("state", tr("State"), state_words(row.state) if row else "", state, False),
        ("enrolled", tr("Enrolled"), "", words.joined(enrolled, day(told.enrolled_at) if told else ""), False),
        ("seen", tr("Last seen"), "", _moment(told.last_seen_at) if told else "", False),
        ("group", tr("Group"), str(finding.facts.get("group", "")) if finding else "", told.group if told else "",
         False),
        ("model", tr("Model"), row.model if row else "", told.model if told else "", False),
    )  # fmt: skip
    return [Line(name, here, there, is_code, key == about) for key, name, here, there, is_code in lines
            if here or there or key == about]  # fmt: skip


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else words.day_and_time(moment)


class MdmSides(QWidget):
    """Three columns: the name, the register, the MDM."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 10)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)

    def show_lines(self, lines: Sequence[Line], mdm: str) -> None:
        """Show what stands side by side."""
        for made in self._labels:
            made.hide()
            self._grid.removeWidget(made)
            made.deleteLater()
        self._labels = []
        for column, title in enumerate((tr("Register"), mdm or tr("MDM")), 1):
            self._put(label(title, "soft", is_selectable=False), 0, column)
        for place, line in enumerate(lines, 1):
            name = label(line.name, "soft", is_selectable=False)
            name.setWordWrap(False)
            self._put(name, place, 0)
            for column, said in ((1, line.here), (2, line.there)):
                self._put(_side(said, line), place, column)

    def words(self) -> list[str]:
        """Return all words shown, line by line."""
        return [made.text() for made in self._labels]

    def _put(self, made: QLabel, place: int, column: int) -> None:
        self._labels.append(made)
        self._grid.addWidget(made, place, column, Qt.AlignmentFlag.AlignTop)


def _side(said: str, line: Line) -> QLabel:
    side = label(said or _NONE, "code" if line.is_code else "value")
    if line.differs:
        font = side.font()
        font.setBold(True)
        side.setFont(font)
        side.setAccessibleDescription(tr("this differs"))
    return side

"""What an MDM would be asked, of which tablets, and why not of others; asked only once it is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tablet_loans.domain.enrolment import MdmAct
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.mdm_task import SecondPersonNeeded
from tablet_loans.services import minding_mdm
from tablet_loans.services.commanding import Words
from tablet_loans.services.minding_mdm import Errand, Looked
from tablet_loans.services.session import Session
from tablet_loans.text import N_, sort_key, tr, trn
from ui import words
from ui.columns import Column, Style
from ui.jobs import Jobs, Lane
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.data_table import DataTable
from ui.widgets.mdm_words import act_words, said
from ui.widgets.record_parts import label

_SIZE: Final = QSize(980, 560)
_TYPING_PAUSE_MS: Final = 250
_LONGEST: Final = 80
_LONGEST_MESSAGE: Final = 300
_WARNINGS: Final = {
    MdmAct.WIPE: N_("All that is on the tablet is lost, and nothing brings it back."),
    MdmAct.UNENROL: N_("The MDM loses the tablet: to have it back, it is enrolled by hand."),
    MdmAct.LOST_MODE_ON: N_("The tablet is locked and shows these words. Where it is, is not kept."),
}


@dataclass(frozen=True, slots=True)
class _Row:
    tag: str
    act: MdmAct
    mdm: str
    why_not: str = ""


def _tone(row: _Row) -> Tone:
    return Tone.WARN if row.why_not else Tone.OK


_COLUMNS: Final = (
    Column(N_("Device"), lambda row: row.tag, 120, style=Style.CODE),
    Column(N_("Act"), lambda row: act_words(row.act), 150, 2),
    Column(N_("MDM"), lambda row: row.mdm, 130),
    Column(
        N_("State"), lambda row: tr("left out") if row.why_not else tr("to be asked"), 140, 1, style=Style.CHIP,
        tone=_tone,
    ),
    Column(N_("Why"), lambda row: row.why_not, 130, 19),
)  # fmt: skip


class MdmActDialog(QDialog):
    """A preview and a button with its number; `asked` gives the errands, the second person and lost mode's words."""

    asked = Signal(object, str, object)

    def __init__(self, session: Session, jobs: Jobs, errands: Sequence[Errand], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._errands = session, jobs, errands
        self._acts = {errand.act for errand in errands}
        self._looked: list[Looked] = []
        self._generation = 0
        self._typing = QTimer(self, interval=_TYPING_PAUSE_MS, singleShot=True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        self._typing.timeout.connect(self._look)
        self._look()

    def _build(self) -> None:
        acts = sorted(self._acts)
        title = act_words(acts[0]) if len(acts) == 1 else tr("What is proposed")
        self.setWindowTitle(title)
        self.banner, self.model = Banner(), ListModel(_COLUMNS)
        self.model.setParent(self)
        self.table = DataTable(tr("What is asked"), 32)
        self.table.show_model(self.model, _COLUMNS, ("MDM",))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        self.count = label("", "soft", is_selectable=False)
        layout.addWidget(label(title, "title", is_selectable=False))
        layout.addWidget(self.count)
        for act in acts:
            if act in _WARNINGS:
                layout.addWidget(label(tr(_WARNINGS[act]), "body"))
        layout.addWidget(self.banner)
        layout.addWidget(self.table, 1)
        for line, is_there in self._lines():
            layout.addWidget(line)
            line.setVisible(is_there)
        layout.addLayout(self._buttons())
        parent = self.parentWidget()
        self.resize(_SIZE if parent is None else _SIZE.boundedTo(parent.window().size()))

    def _lines(self) -> list[tuple[QWidget, bool]]:
        """Return the fields that acts need, and whether they are seen: lost mode's words, two persons, a word typed."""
        self.message, self.phone = _field(_LONGEST_MESSAGE), _field()
        self.second, self.word = _field(), _field()
        for field in (self.message, self.phone, self.word):
            field.textChanged.connect(lambda _text: self._offer())
        self.second.textChanged.connect(self._on_second)
        self._second_line = _named(tr("Name of the second person, who agrees"), self.second)
        is_lost, is_wipe = MdmAct.LOST_MODE_ON in self._acts, MdmAct.WIPE in self._acts
        return [
            (_named(tr("Message to whoever finds it"), self.message), is_lost),
            (_named(tr("Phone number it shows"), self.phone), is_lost),
            (self._second_line, False),
            (_named(tr("Type {word} to confirm").format(word=tr("WIPE")), self.word), is_wipe),
        ]

    def _buttons(self) -> QHBoxLayout:
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton(tr("Ask"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setAutoDefault(False)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._on_go)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    def _look(self) -> None:
        self._generation += 1
        self._jobs.run(
            partial(minding_mdm.looked_at, self._session, self._errands, second=self.second.text()),
            done=partial(self._on_looked, self._generation),
            refused=self._on_failed,
            failed=self._on_failed,
            lane=Lane.READING,
        )

    def _on_second(self) -> None:
        self._looked = []
        self._offer()
        self._typing.start()

    def _on_looked(self, generation: int, looked: list[Looked]) -> None:
        if generation != self._generation:
            return
        self._looked = looked
        asked = [_Row(tag, each.errand.act, each.errand.mdm) for each in looked for tag in each.errand.tags]
        left = [_Row(tag, each.errand.act, each.errand.mdm, said(why)) for each in looked for tag, why in each.refused]
        self.model.show([*left, *asked])
        needless = {
            "Act": len(self._acts) == 1, "MDM": len({each.mdm for each in self._errands}) == 1, "Why": not left,
        }  # fmt: skip
        self.table.hide_columns(title for title, is_needless in needless.items() if is_needless)
        is_lent = any(isinstance(why, SecondPersonNeeded) for each in looked for _, why in each.refused)
        self._second_line.setVisible(self._second_line.isVisible() or is_lent)
        self._begin_with_the_first_field()
        counted = trn("{count} device is asked for", "{count} devices are asked for", len(asked))
        left_out = trn("{count} left out", "{count} left out", len(left)).format(count=words.number(len(left)))
        self.count.setText(words.joined(counted.format(count=words.number(len(asked))), left_out if left else ""))
        self._offer()

    def _begin_with_the_first_field(self) -> None:
        """Put the focus where something is to be written, unless the person writes already."""
        fields = [each for each in (self.message, self.phone, self.second, self.word) if each.isVisibleTo(self)]
        if fields and self.focusWidget() not in fields:
            fields[0].setFocus()

    def _offer(self) -> None:
        """Let it be asked once something is to be, and what it needs is written."""
        count = sum(len(each.errand.tags) for each in self._looked)
        said_go = trn("Ask for {count} device", "Ask for {count} devices", count)
        self.go.setText(said_go.format(count=words.number(count)) if count else tr("Ask"))
        has_words = bool(self.message.text().strip() or self.phone.text().strip())
        is_confirmed = sort_key(self.word.text()).strip() == sort_key(tr("WIPE")).strip()
        is_said = (MdmAct.LOST_MODE_ON not in self._acts or has_words) and (
            MdmAct.WIPE not in self._acts or is_confirmed
        )
        self.go.setEnabled(count > 0 and is_said)

    def _on_go(self) -> None:
        self.go.setEnabled(False)
        errands = [each.errand for each in self._looked if each.errand.tags]
        said_there = Words(self.message.text().strip(), self.phone.text().strip())
        self.asked.emit(errands, self.second.text().strip(), said_there)
        self.accept()

    def _on_failed(self, error: TabletLoansError) -> None:
        self.banner.say(error, self._look)


def _field(longest: int = _LONGEST) -> QLineEdit:
    field = QLineEdit()
    field.setMaxLength(longest)
    return field


def _named(title: str, field: QLineEdit) -> QWidget:
    line, name = QWidget(), QLabel(title)
    name.setObjectName("soft")
    name.setBuddy(field)
    field.setAccessibleName(title)
    column = QVBoxLayout(line)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(name)
    column.addWidget(field)
    return line

"""Labels stuck and scanned back one after the other: the last one told big, those that wait, and how far it is."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.act import LedgerId, Undone
from tablet_loans.domain.barcode import CodeKind, Command, command_in, readings
from tablet_loans.domain.errors import Refusal, TabletLoansError
from tablet_loans.domain.label import LABEL_WORDS, LabelRow, LabelState
from tablet_loans.services import labelling, sticking, undoing
from tablet_loans.services.session import Receipt, Session
from tablet_loans.services.sticking import Stuck, Waiting
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.columns import Column, Style, as_tsv
from ui.jobs import Jobs, Lane
from ui.lists import ListModel
from ui.sounds import Sound
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.data_table import DataTable
from ui.widgets.device_words import capital
from ui.widgets.empty import Empty
from ui.widgets.received_card import ReceivedCard
from ui.widgets.scan_field import ScanField

_COLUMNS: Final = (
    Column(N_("Tag"), lambda row: row.tag, 130, 2, style=Style.CODE),
    Column(N_("Printed on"), lambda row: words.day_and_time(row.printed_at), 150, 2),
    Column(N_("Stock"), lambda row: row.stock, 140, 3, tone=lambda _row: Tone.SOFT),
    Column(N_("By"), lambda row: row.printed_by, 120, 2, tone=lambda _row: Tone.SOFT, is_spare=True),
)


class LabelVerify(QWidget):
    """Each scan confirms a label at once; what met trouble is held and tried again, never lost."""

    played = Signal(object)
    settled = Signal()
    counted = Signal(int)

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._acts: list[LedgerId] = []
        self._held: list[str] = []
        self._pending = 0
        self._last = self._near = ""
        self.rows = ListModel(_COLUMNS)
        self.rows.setParent(self)
        self._build()
        self._connect()
        self._invite()

    def read(self) -> None:
        """Read again which labels wait."""
        self._jobs.run(
            partial(sticking.waiting, self._session, tag=self._near),
            done=self._on_waiting,
            refused=self.banner.say,
            failed=partial(self.banner.say, again=self.read),
            lane=Lane.READING,
        )

    def take_scan(self, raw: str) -> None:
        """Confirm the label that was scanned, or obey a command."""
        self.field.setFocus()
        if not raw.strip():
            return
        read = readings(raw)
        command = command_in(read[0].code) if read and read[0].kind is CodeKind.COMMAND else None
        if command is Command.UNDO:
            self.undo_last()
        else:
            self._stick(raw)

    def take_double(self) -> None:
        """Say that a code read twice was ignored."""
        self.field.whisper(tr("Read twice, ignored"))

    def take_focus(self) -> None:
        """Put the focus where scans are typed."""
        self.field.setFocus()

    def undo_last(self) -> None:
        """Undo what was confirmed or spoiled last."""
        if self._acts:
            self._run(partial(undoing.undo, self._session, self._acts.pop()), self._on_undone)

    def spoil(self) -> None:
        """Mark the label selected in the list as spoiled, else the one scanned last."""
        tag = self._selected() or self._last
        if tag:
            self._run(partial(labelling.spoil, self._session, tag), self._on_spoiled)
        else:
            self.banner.tell(tr("Scan a label or select one: it is then marked as spoiled."), tone=Tone.WARN)

    def unanswered(self) -> int:
        """Return how many labels were scanned and are not confirmed yet."""
        return self._pending + len(self._held)

    def is_held(self) -> bool:
        """Say whether scans wait for the person to try again."""
        return bool(self._held)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.spoil()
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self.banner, self.field, self.card, self.bar = Banner(), ScanField(), ReceivedCard(), QProgressBar()
        self.card.counted.setAccessibleName(tr("Labels that are confirmed"))
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(tr("Labels of the batch that are confirmed"))
        self.table, self._nothing = DataTable(tr("Labels that wait"), 34), Empty("check-circle")
        self.table.show_model(self.rows, _COLUMNS)
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table.installEventFilter(self)
        self._nothing.say(tr("No label waits"), tr("Each one that was printed is confirmed or spoiled."))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.table)
        self.wait, self.undo, self.spoiled = (
            QLabel(tr("Labels to scan back")), QPushButton(tr("Undo the last one")), QPushButton(tr("Spoiled (F8)"))
        )  # fmt: skip
        self.wait.setObjectName("cardTitle")
        self.undo.setToolTip("Ctrl+Z")
        self.spoiled.setToolTip(tr("The label selected in the list, else the one scanned last"))
        for button in (self.undo, self.spoiled):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.wait, 1)
        head.addWidget(self.undo)
        head.addWidget(self.spoiled)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(12, 10, 12, 8)
        inside.addLayout(head)
        inside.addWidget(self._pages, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for widget in (self.banner, self.field, self.card, self.bar):
            layout.addWidget(widget)
        layout.addWidget(card, 1)

    def _connect(self) -> None:
        self.field.submitted.connect(self.take_scan)
        self.field.undo_asked.connect(self.undo_last)
        self.field.escaped.connect(self._on_escaped)
        self.table.left.connect(self._on_escaped)
        self.table.copy_asked.connect(self._on_copy)
        self.undo.clicked.connect(self._on_undo)
        self.spoiled.clicked.connect(self._on_spoil)
        self.banner.closed.connect(self.field.setFocus)
        QShortcut(QKeySequence("F8"), self, self.spoil, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _invite(self) -> None:
        asked = tr("Scan the label that sticks")
        self.field.show_task("check-circle", asked, tr("Scan of a label"))
        self.card.say(tr("Now"), asked, "", "", Tone.ACCENT, is_code=False)
        self.undo.setEnabled(bool(self._acts))

    def _selected(self) -> str:
        place = self.table.currentIndex().row()
        is_chosen = self.table.selectionModel().hasSelection() and 0 <= place < len(self.rows.rows)
        return cast(LabelRow, self.rows.rows[place]).tag if is_chosen else ""

    def _on_waiting(self, found: Waiting) -> None:
        kept = self._selected()
        self.rows.show(found.rows)
        tags = [row.tag for row in found.rows]
        if kept in tags:
            self.table.choose(tags.index(kept))
        self._pages.setCurrentIndex(1 if found.rows else 0)
        said = trn("{count} label to scan back", "{count} labels to scan back", found.count)
        self.wait.setText(said.format(count=words.number(found.count)))
        self._count(found.confirmed, found.labels)
        self.counted.emit(found.count)

    def _count(self, confirmed: int, labels: int) -> None:
        unit = tr("of {count} confirmed").format(count=words.number(labels))
        self.card.count(confirmed, unit if labels else "")
        self.bar.setRange(0, max(labels, 1))
        self.bar.setValue(confirmed)

    def _stick(self, raw: str) -> None:
        self._pending += 1
        self._jobs.run(
            partial(sticking.stick, self._session, raw),
            done=self._on_stuck,
            refused=self._on_refused,
            failed=partial(self._on_failed, raw),
        )

    def _on_stuck(self, receipt: Receipt[Stuck]) -> None:
        self._pending -= 1
        stuck = receipt.value
        self._acts.append(receipt.ledger_id)
        self._last = self._near = stuck.tag
        self.table.clearSelection()
        self.played.emit(Sound.DONE)
        if not self._held:
            self.banner.fall_silent()
        chip = capital(tr(LABEL_WORDS[LabelState.CONFIRMED]))
        self.card.say(tr("This label reads"), stuck.tag, "", chip, Tone.OK)
        self._count(stuck.confirmed, stuck.labels)
        self._answered()

    def _on_refused(self, refusal: Refusal) -> None:
        self._pending -= 1
        self._refuse(refusal)
        self._answered()

    def _refuse(self, refusal: Refusal) -> None:
        self.played.emit(Sound.REFUSED)
        code = str(refusal.facts.get("code", refusal.facts.get("tag", "")))
        self.card.say(tr("Not confirmed"), code, refusal.spoken(), tr("Refused"), Tone.BAD)
        self.field.setFocus()

    def _on_failed(self, raw: str, error: TabletLoansError) -> None:
        """Hold what met trouble: it is tried again in the order of the scans."""
        self._pending -= 1
        self._held.append(raw)
        self.played.emit(Sound.REFUSED)
        self.banner.say(error, self._retry)

    def _retry(self) -> None:
        held, self._held = self._held, []
        for raw in held:
            self._stick(raw)
        self.field.setFocus()

    def _answered(self) -> None:
        self.undo.setEnabled(bool(self._acts))
        if not self.unanswered():
            self.settled.emit()

    def _run(self, call: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self._jobs.run(call, done=done, refused=self._refuse, failed=self.banner.say)
        self.undo.setEnabled(bool(self._acts))

    def _on_undo(self) -> None:
        self.undo_last()
        self.field.setFocus()

    def _on_spoil(self) -> None:
        self.spoil()
        self.field.setFocus()

    def _on_undone(self, receipt: Receipt[Undone]) -> None:
        self.played.emit(Sound.NOTICE)
        self.card.say(tr("Undone"), receipt.value.tag or "", "", "", Tone.PLAIN)
        self._last, self._near = "", receipt.value.tag or ""

    def _on_spoiled(self, receipt: Receipt[str]) -> None:
        self._acts.append(receipt.ledger_id)
        self._last, self._near = "", receipt.value
        self.undo.setEnabled(True)
        self.table.clearSelection()
        self.banner.fall_silent(is_over=False)
        self.played.emit(Sound.NOTICE)
        line = tr("It is to be printed again: it is among those without a label.")
        self.card.say(tr("Not good"), receipt.value, line, capital(tr(LABEL_WORDS[LabelState.SPOILED])), Tone.WARN)

    def _on_escaped(self) -> None:
        self.field.clear()
        self.table.clearSelection()
        self.field.setFocus()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(as_tsv(_COLUMNS, self.rows.rows))

"""A technician receives a delivery: what comes in once, then tablet after tablet by scanner."""

import json
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.act import Undone
from tablet_loans.domain.arrival import (
    LABEL_WORDS,
    PIECE_WORDS,
    Arrival,
    Draft,
    Labels,
    NotOfADevice,
    Way,
    WrongLabel,
    taken,
)
from tablet_loans.domain.barcode import CodeKind, Command, Fault, Reading, command_in, readings
from tablet_loans.domain.device import AssetTag
from tablet_loans.domain.errors import ModelCode, Refusal, TabletLoansError
from tablet_loans.services import recording, undoing
from tablet_loans.services.recording import Received, Shelves
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs
from ui.sounds import Sound, Sounds
from ui.theme import Tone
from ui.widgets.arrival_form import ArrivalForm
from ui.widgets.banner import Banner
from ui.widgets.received_card import ReceivedCard
from ui.widgets.received_list import Entry, ReceivedList, Stage
from ui.widgets.scan_field import ScanField

_MEMORY: Final = "receive/arrival"
_USUAL: Final = QSize(960, 600)


class Receive(QDialog):
    """Each tablet is written at once; what is half-scanned waits for its other code."""

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        *,
        sounds: Sounds | None = None,
        memory: QSettings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._jobs, self._sounds, self._memory = session, jobs, sounds, memory
        self._arrival: Arrival | None = None
        self._way = Way()
        self._draft = Draft()
        self._last: Received | None = None
        self._has_told_fault = self._gives_up = self._is_reading = False
        self._early: list[str] | None = []  # scanned before the models are read
        self._build()
        self._connect()
        if memory is not None:
            self.form.recall(json.loads(str(memory.value(_MEMORY, "{}"))))
        self._read_shelves()

    def take_scan(self, raw: str) -> None:
        """Take what was scanned or typed: a command, a label, a serial number, an IMEI, a model's code."""
        if self._early is not None:
            self._early.append(raw)
            self._gives_up = False
            self._read_shelves()
            return
        if not raw.strip() or (self._arrival is None and not self._begin()):
            return
        read = readings(raw)
        try:
            if not read:
                raise NotOfADevice(code=raw.strip()[:40])
            if read[0].kind is CodeKind.COMMAND:
                self._obey(read[0])
                return
            self._hear(read)
        except Refusal as refusal:
            self._refuse(refusal)
        self._tell_fault(read[0].fault if read else Fault.NONE)

    def take_double(self, raw: str) -> None:
        """Say that a code read twice was ignored."""
        del raw
        self.field.whisper(tr("Read twice, ignored"))

    def undo_last(self) -> None:
        """Undo the newest tablet that was recorded."""
        if recorded := self.list.at(Stage.RECORDED):
            self._on_undo(recorded[-1])

    def unanswered(self) -> int:
        """Return how many tablets were scanned and are not recorded yet."""
        return len(self._early or ()) + len(self.list.at(Stage.WAITING)) + len(self.list.at(Stage.HELD))

    def reject(self) -> None:
        """Close, unless tablets were scanned that are not recorded: then say so, once."""
        if (count := self.unanswered()) and not self._gives_up:
            self._gives_up = True
            said = trn("{count} tablet is not recorded yet.", "{count} tablets are not recorded yet.", count)
            self.banner.tell(said.format(count=words.number(count)), self._retry, tr("Try again"))
            return
        super().reject()

    def _build(self) -> None:
        self.setWindowTitle(tr("Receive tablets"))
        parent = self.parentWidget()
        self.resize(_USUAL.boundedTo(parent.window().size()) if parent is not None else _USUAL)
        self.banner = Banner()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._first_page())
        self._pages.addWidget(self._second_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        layout.addWidget(self.banner)
        layout.addWidget(self._pages, 1)

    def _first_page(self) -> QWidget:
        self.form = ArrivalForm()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.form)
        self.form.setObjectName("plain")
        page, head, why = QWidget(), QLabel(tr("What comes in")), QLabel(tr("Said once, for all its tablets."))
        head.setObjectName("title")
        why.setObjectName("soft")
        self.begin, leave = QPushButton(tr("Begin to scan")), _button(tr("Cancel"))
        self.begin.setObjectName("primary")
        self.begin.setDefault(True)
        leave.clicked.connect(self.reject)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(head)
        layout.addWidget(why)
        layout.addWidget(scroll, 1)
        layout.addLayout(_row(None, leave, self.begin))
        return page

    def _second_page(self) -> QWidget:
        self._summary, self.next = (QLabel(textFormat=Qt.TextFormat.PlainText) for _ in range(2))
        self._summary.setObjectName("cardTitle")
        self._summary.setWordWrap(True)
        self.next.setObjectName("soft")
        self.edit, self.finish = _button(tr("Change…")), _button(tr("Finish"))
        self.undo = _button(tr("Undo the last one"))
        self.undo.setToolTip("Ctrl+Z")
        self.finish.setObjectName("primary")
        self.field, self.card, self.list = ScanField(), ReceivedCard(), ReceivedList()
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(_row(self._summary, self.edit))
        layout.addWidget(self.field)
        layout.addWidget(self.card)
        layout.addWidget(self.list, 1)
        layout.addLayout(_row(self.next, self.undo, self.finish))
        return page

    def _connect(self) -> None:
        self.begin.clicked.connect(self._begin)
        self.edit.clicked.connect(self._on_edit)
        self.finish.clicked.connect(self.reject)
        self.undo.clicked.connect(self.undo_last)
        self.field.submitted.connect(self.take_scan)
        self.field.undo_asked.connect(self.undo_last)
        self.field.escaped.connect(self._on_escaped)
        self.list.undo_asked.connect(self._on_undo)

    def _begin(self) -> bool:
        """Go on to the scans when what comes in is said well enough, and remember it."""
        try:
            arrival = self._arrival = self.form.arrival()
        except Refusal as refusal:
            self.banner.say(refusal)
            return False
        self._way = self.form.way(self._session.settings.tag_prefix)
        self._draft = Draft()
        if self._memory is not None:
            self._memory.setValue(_MEMORY, json.dumps(self.form.kept()))
        self._summary.setText(words.joined(arrival.full_model, arrival.supplier, arrival.invoice, arrival.depot))
        self.banner.fall_silent()
        self._pages.setCurrentIndex(1)
        self._invite()
        self._ask_next()
        self.field.setFocus()
        return True

    def _hear(self, read: tuple[Reading, ...]) -> None:
        """Take a code into the tablet that is being scanned; once whole, it is recorded."""
        assert self._arrival is not None  # noqa: S101 - take_scan saw to it
        if self._way.labels is Labels.SEQUENCE and self._last is not None and _is_label(read):
            if read[0].code != self._last.tag:
                raise WrongLabel(code=read[0].code, wanted=self._last.tag)
            self.field.whisper(tr("The right label ✓"))
            self._play(Sound.NOTICE)
            return
        self._draft = taken(self._draft, read, self._way, self._arrival)
        if self._draft.lacks(self._way):
            self._play(Sound.NOTICE)
            self._invite()
            return
        draft, self._draft = self._draft, Draft()
        self._record(self.list.add(draft))

    def _record(self, entry: Entry) -> None:
        assert self._arrival is not None  # noqa: S101
        draft, self._gives_up = entry.draft, False
        codes = {"serial": draft.serial, "tag": draft.tag, "imei": draft.imei}
        self._jobs.run(
            partial(recording.receive_one, self._session, self._arrival, **codes),
            done=partial(self._on_recorded, entry.number),
            refused=partial(self._on_refused, entry.number),
            failed=partial(self._on_failed, entry.number),
        )

    def _obey(self, read: Reading) -> None:
        command = command_in(read.code)
        if command is Command.UNDO:
            self.undo_last()
        elif command is Command.CANCEL:
            self._begin_again()
        else:
            raise NotOfADevice(code=read.code)

    def _tell_fault(self, fault: Fault) -> None:
        if fault is not Fault.NONE and not self._has_told_fault:
            self._has_told_fault = True
            self.banner.tell(tr("The scanner and the computer have different keyboards: what it types is put right."))

    def _read_shelves(self) -> None:
        """Read the models and the depots, unless they are on their way; until then scans wait."""
        if self._is_reading:
            return
        self._is_reading = True
        call = partial(recording.shelves, self._session)
        self._jobs.run(call, done=self._on_shelves, refused=self._on_no_shelves, failed=self._on_no_shelves)

    def _on_no_shelves(self, error: TabletLoansError) -> None:
        self._is_reading = False
        if self._early:
            self._play(Sound.REFUSED)
        self.banner.say(error, self._read_shelves)

    def _on_shelves(self, shelves: Shelves) -> None:
        self._is_reading = False
        self.banner.fall_silent(is_over=False)
        self.form.know(shelves)
        self._on_next(shelves.next_tag)
        early, self._early = self._early or [], None
        for raw in early:
            self.take_scan(raw)

    def _ask_next(self) -> None:
        self._jobs.run(partial(recording.next_tag, self._session), done=self._on_next)

    def _on_next(self, tag: AssetTag) -> None:
        is_given = self._way.labels is Labels.SEQUENCE
        self.next.setText(tr("Next label: {tag}").format(tag=tag) if is_given else tr(LABEL_WORDS[self._way.labels]))

    def _on_recorded(self, number: int, receipt: Receipt[Received]) -> None:
        self._last = received = receipt.value
        entry = replace(self.list.entry(number), stage=Stage.RECORDED, received=received, ledger_id=receipt.ledger_id)
        self.list.put(entry)
        self._play(Sound.DONE)
        self._count()
        codes = words.joined(received.serial or "", received.imei or "", received.model)
        caption = tr("Recorded: stick this label") if self._way.labels is Labels.SEQUENCE else tr("Recorded")
        if not self._awaits():
            self.card.say(caption, received.tag, codes, tr("Recorded"), Tone.OK)
        self._ask_next()
        if not self.list.at(Stage.HELD):
            self.banner.fall_silent(is_over=False)

    def _on_refused(self, number: int, refusal: Refusal) -> None:
        self.list.put(replace(self.list.entry(number), stage=Stage.REFUSED, refusal=refusal))
        self._refuse(refusal)

    def _on_failed(self, number: int, error: TabletLoansError) -> None:
        """Hold what met trouble: it is tried again in the order of the scans, never lost."""
        self.list.hold(number)
        self._gives_up = False
        self._play(Sound.REFUSED)
        self.banner.say(error, self._retry)

    def _retry(self) -> None:
        self._gives_up = False
        if self._early is not None:
            self._read_shelves()
        for entry in self.list.at(Stage.HELD):
            self.list.put(waiting := replace(entry, stage=Stage.WAITING))
            self._record(waiting)

    def _refuse(self, refusal: Refusal) -> None:
        is_notice = isinstance(refusal, ModelCode)
        self._play(Sound.NOTICE if is_notice else Sound.REFUSED)
        tone, code = Tone.WARN if is_notice else Tone.BAD, str(refusal.facts.get("code", ""))
        self.card.say(tr("Nothing was recorded"), code, refusal.spoken(), tr("Refused"), tone)

    def _on_undo(self, entry: Entry) -> None:
        if entry.ledger_id is not None:
            self._jobs.run(
                partial(undoing.undo, self._session, entry.ledger_id),
                done=partial(self._on_undone, entry.number),
                refused=self._refuse,
                failed=partial(self.banner.say, again=partial(self._on_undo, entry)),
            )

    def _on_undone(self, number: int, _receipt: Receipt[Undone]) -> None:
        self.list.put(entry := replace(self.list.entry(number), stage=Stage.UNDONE))
        self._count()
        tag = entry.received.tag if entry.received else ""
        codes = words.joined(entry.draft.serial or "", entry.draft.imei or "")
        self.card.say(tr("Undone: it is no longer recorded"), tag, codes, "", Tone.PLAIN)
        if self._last is not None and self._last.tag == tag:
            self._last = None
        self._ask_next()

    def _on_edit(self) -> None:
        self._pages.setCurrentIndex(0)
        self._arrival = None

    def _on_escaped(self) -> None:
        """Leave what is typed or half-scanned, else the dialog."""
        if self.field.text() or self._awaits():
            self._begin_again()
        else:
            self.reject()

    def _begin_again(self) -> None:
        """Begin the tablet again: what was half-scanned is dropped."""
        self.field.clear()
        self._draft = Draft()
        self._invite()

    def _awaits(self) -> bool:
        return self._draft != Draft()

    def _invite(self) -> None:
        """Say what is to be scanned now."""
        lacking = self._draft.lacks(self._way)
        there = words.joined(self._draft.tag or "", self._draft.serial or "", self._draft.imei or "")
        between = tr("or")
        asked = f" {between} ".join(tr(PIECE_WORDS[piece]) for piece in lacking)
        said = tr("Scan {what}").format(what=asked)
        self.field.show_task("barcode", said, tr("Scan of a tablet's codes"))
        chip = tr("One code is still missing") if self._awaits() else ""
        self.card.say(tr("Now"), there or said, said if there else "", chip, Tone.ACCENT, is_code=bool(there))
        self._count()

    def _count(self) -> None:
        recorded = self.list.at(Stage.RECORDED)
        self.card.count(len(recorded))
        self.undo.setEnabled(bool(recorded))

    def _play(self, sound: Sound) -> None:
        if self._sounds is not None:
            self._sounds.play(sound)


def _is_label(read: tuple[Reading, ...]) -> bool:
    return read[0].kind is CodeKind.TAG and read[0].is_proved


def _button(title: str) -> QPushButton:
    button = QPushButton(title)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _row(first: QWidget | None, *rest: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(first, 1) if first is not None else row.addStretch(1)
    for widget in rest:
        row.addWidget(widget)
    return row

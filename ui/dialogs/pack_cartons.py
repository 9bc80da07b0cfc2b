"""A technician packs a school's cartons: what it is to receive, and tablet after tablet by scanner."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.act import LedgerId, Undone
from tablet_loans.domain.barcode import CodeKind, Command, command_in, readings
from tablet_loans.domain.carton import CartonRow, CartonState, Packed, PickingLine, SchoolPicking
from tablet_loans.domain.device import Place
from tablet_loans.domain.errors import Refusal, TabletLoansError
from tablet_loans.services import packing, undoing
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.columns import Column, Style
from ui.jobs import Jobs, Lane
from ui.lists import ListModel
from ui.sounds import Sound, Sounds
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.data_table import DataTable
from ui.widgets.lettering import RIGHT
from ui.widgets.received_card import ReceivedCard
from ui.widgets.scan_field import ScanField

_USUAL: Final = QSize(900, 600)
_LOW: Final = 470


def _where(line: PickingLine) -> str:
    if line.place is Place.SCHOOL:
        return line.where
    return tr("Depot {name}").format(name=line.where).strip()


def _model(line: PickingLine) -> str:
    return words.joined(line.model, line.tag)


def _left(line: PickingLine) -> str:
    return tr("to fetch: {count}").format(count=words.number(line.to_pick)) if line.to_pick else tr("complete")


_COLUMNS: Final = (
    Column(N_("Model"), _model, 200, 3),
    Column(N_("From"), _where, 140, 2, tone=lambda _line: Tone.SOFT),
    Column(N_("Promised"), lambda line: words.number(line.promised), 110, style=Style.NUMBER),
    Column(N_("Packed"), lambda line: words.number(line.packed), 130, style=Style.NUMBER),
    Column("", _left, 130, style=Style.CHIP, tone=lambda line: Tone.WARN if line.to_pick else Tone.OK),
)


class _Lines(ListModel):
    """Lines whose numbers and their titles stand at the right."""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].style is Style.NUMBER:
            return RIGHT
        return super().headerData(section, orientation, role)


class PackCartons(QDialog):
    """Each tablet is packed at once; what is refused is said in place, and the field keeps the focus."""

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        campaign: str,
        school_uai: str,
        parent: QWidget | None = None,
        *,
        sounds: Sounds | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._jobs, self._sounds = session, jobs, sounds
        self._campaign, self._school = campaign, school_uai
        self._acts: list[LedgerId] = []
        self._held: list[str] = []
        self._waiting = 0
        self._carton = ""
        self._gives_up = False
        self._build()
        self._connect()
        self._invite()
        self._read()

    def take_scan(self, raw: str) -> None:
        """Take what was scanned or typed: a tablet, or the code that undoes the last one."""
        self.field.setFocus()
        if not raw.strip():
            return
        read = readings(raw)
        if read and read[0].kind is CodeKind.COMMAND and command_in(read[0].code) is Command.UNDO:
            self.undo_last()
        else:
            self._pack(raw)

    def take_double(self, raw: str) -> None:
        """Say that a code read twice was ignored."""
        del raw
        self.field.whisper(tr("Read twice, ignored"))

    def undo_last(self) -> None:
        """Undo the last tablet that was packed here, or the closing of a carton."""
        if self._acts:
            ledger_id = self._acts.pop()
            self._run(partial(undoing.undo, self._session, ledger_id), partial(self._on_undone, ledger_id))

    def unanswered(self) -> int:
        """Return how many tablets were scanned and are not packed yet."""
        return self._waiting + len(self._held)

    def reject(self) -> None:
        """Close, unless tablets were scanned that are not packed: then say so, once."""
        if (count := self.unanswered()) and not self._gives_up:
            self._gives_up = True
            said = trn("{count} tablet is not packed yet.", "{count} tablets are not packed yet.", count)
            self.banner.tell(said.format(count=words.number(count)), self._retry, tr("Try again"))
            return
        super().reject()

    def _build(self) -> None:
        self.setWindowTitle(tr("Pack cartons"))
        self.title, self.summary = (QLabel(textFormat=Qt.TextFormat.PlainText) for _ in range(2))
        self.title.setObjectName("title")
        self.title.setWordWrap(True)
        self.summary.setObjectName("soft")
        self.banner, self.field, self.card = Banner(), ScanField(), ReceivedCard()
        self.card.counted.setAccessibleName(tr("Tablets in the carton"))
        self.lines, self.table = _Lines(_COLUMNS), DataTable(tr("What the school receives"), 36)
        self.table.show_model(self.lines, _COLUMNS, ("From",))
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        for widget in (self.title, self.summary, self.banner, self.field, self.card):
            layout.addWidget(widget)
        layout.addWidget(_carded(self.table), 1)
        layout.addLayout(self._buttons())
        parent = self.parentWidget()
        size = _USUAL.boundedTo(parent.window().size()) if parent is not None else _USUAL
        self._fit(size.height())
        self.resize(size)
        self.field.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.height())

    def _fit(self, height: int) -> None:
        """Keep the buttons in sight where the window is low."""
        layout, is_low = self.layout(), height < _LOW
        self.summary.setVisible(not is_low)
        self.table.setMinimumHeight(40 if is_low else 0)
        if layout is not None:
            layout.setContentsMargins(24, 8 if is_low else 18, 24, 8 if is_low else 18)
            layout.setSpacing(6 if is_low else 12)

    def _buttons(self) -> QHBoxLayout:
        self.undo, self.close_carton = _button(tr("Undo the last one")), _button(tr("Close the carton"))
        self.print, self.finish = _button(tr("Print")), _button(tr("Finish"))
        self.undo.setToolTip("Ctrl+Z")
        self.finish.setObjectName("primary")
        menu = QMenu(self.print)
        menu.addAction(tr("Picking list…"), partial(self._on_print, packing.print_picking))
        menu.addAction(tr("Carton sheets…"), partial(self._on_print, packing.print_cartons))
        self.print.setMenu(menu)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.print)
        row.addStretch(1)
        for button in (self.undo, self.close_carton, self.finish):
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        self.field.submitted.connect(self.take_scan)
        self.field.undo_asked.connect(self.undo_last)
        self.field.escaped.connect(self._on_escaped)
        self.undo.clicked.connect(self._on_undo)
        self.close_carton.clicked.connect(self._on_close)
        self.finish.clicked.connect(self.reject)
        self.banner.closed.connect(self.field.setFocus)

    def _invite(self) -> None:
        asked = tr("Scan a tablet")
        self.field.show_task("package", asked, tr("Scan of a tablet"))
        self.card.say(tr("Now"), asked, "", "", Tone.ACCENT, is_code=False)
        self._show_acts()

    def _read(self) -> None:
        """Read what is promised and packed; what was read before stays shown meanwhile."""
        call = partial(_read, self._session, self._campaign, self._school)
        said = partial(self.banner.say, again=self._read)
        self._jobs.run(call, done=self._on_read, refused=said, failed=said, lane=Lane.READING)

    def _on_read(self, found: tuple[SchoolPicking | None, list[CartonRow]]) -> None:
        picking, cartons = found
        school = picking.school if picking else cartons[0].school if cartons else None
        self.title.setText(school.name if school else self._school)
        promised, packed = (picking.promised, picking.packed) if picking else (0, 0)
        said = trn("{packed} of {count} tablet packed", "{packed} of {count} tablets packed", promised)
        facts = said.format(packed=words.number(packed), count=words.number(promised))
        self.summary.setText(words.joined(facts, self._school, self._campaign))
        self.lines.show(picking.lines if picking else ())
        still_open = next((each for each in cartons if each.state is CartonState.OPEN), None)
        self._carton = still_open.code if still_open else ""
        in_carton = tr("in carton {code}").format(code=self._carton) if still_open else tr("in the carton")
        self.card.count(len(still_open.devices) if still_open else 0, in_carton)
        self._show_acts()

    def _pack(self, raw: str) -> None:
        self._waiting += 1
        self._gives_up = False
        call = partial(packing.pack_scanned, self._session, self._campaign, self._school, raw)
        self._jobs.run(
            call, done=self._on_packed, refused=self._on_refused, failed=partial(self._on_unpacked, raw)
        )  # fmt: skip

    def _on_packed(self, receipt: Receipt[Packed]) -> None:
        self._waiting -= 1
        packed = receipt.value
        self._acts.append(receipt.ledger_id)
        self._play(Sound.DONE)
        if not self._held:
            self.banner.fall_silent()
        chip = tr("Carton {code}").format(code=packed.carton)
        self.card.say(tr("Packed"), packed.tag, packed.model, chip, Tone.OK)
        self.card.count(packed.devices, tr("in carton {code}").format(code=packed.carton))
        self._read()

    def _on_refused(self, refusal: Refusal) -> None:
        self._waiting -= 1
        self._refuse(refusal)

    def _refuse(self, refusal: Refusal) -> None:
        self._play(Sound.REFUSED)
        tag = str(refusal.facts.get("tag", refusal.facts.get("code", "")))
        self.card.say(tr("Nothing was packed"), tag, "", tr("Refused"), Tone.BAD)
        self.banner.say(refusal)
        self.field.setFocus()

    def _on_unpacked(self, raw: str, error: TabletLoansError) -> None:
        """Hold what met trouble: it is tried again in the order of the scans, never lost."""
        self._waiting -= 1
        self._held.append(raw)
        self._play(Sound.REFUSED)
        self.banner.say(error, self._retry)

    def _retry(self) -> None:
        self._gives_up = False
        held, self._held = self._held, []
        for raw in held:
            self._pack(raw)
        self.field.setFocus()

    def _run(self, call: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self._jobs.run(call, done=done, refused=self._refuse, failed=self.banner.say)
        self._show_acts()

    def _on_undo(self) -> None:
        self.undo_last()
        self.field.setFocus()

    def _on_undone(self, _ledger_id: LedgerId, receipt: Receipt[Undone]) -> None:
        self._play(Sound.NOTICE)
        self.banner.fall_silent()
        self.card.say(tr("Undone"), receipt.value.tag or "", "", "", Tone.PLAIN)
        self._read()

    def _on_close(self) -> None:
        if self._carton:
            self._run(partial(packing.close_carton, self._session, self._carton), self._on_closed)
        self.field.setFocus()

    def _on_closed(self, receipt: Receipt[str]) -> None:
        self._acts.append(receipt.ledger_id)
        self._play(Sound.DONE)
        self.banner.fall_silent()
        self.card.say(tr("Carton closed"), receipt.value, "", "", Tone.OK)
        self._read()

    def _on_print(self, write: Callable[..., Any]) -> None:
        ask = QFileDialog(self, tr("Print"), "", "PDF (*.pdf)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setDefaultSuffix("pdf")
        ask.fileSelected.connect(partial(self.print_into, write))
        ask.open()

    def print_into(self, write: Callable[..., Any], path: str) -> None:
        """Write the picking list, or the carton sheets, into a PDF; a button then opens it."""
        call = partial(write, self._session, self._campaign, Path(path), self._school)
        self._jobs.run(
            call, done=self._on_printed, refused=self.banner.say, failed=self.banner.say, lane=Lane.BACKGROUND
        )

    def _on_printed(self, printed: packing.PrintedPicking | packing.PrintedCartons) -> None:
        said = trn("{count} page written to {file}", "{count} pages written to {file}", printed.pages)
        file = Path(printed.file)
        self.banner.tell(
            said.format(count=words.number(printed.pages), file=file.name),
            partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(file))),
            tr("Open"),
        )
        self.field.setFocus()

    def _on_escaped(self) -> None:
        if self.field.text():
            self.field.clear()
        else:
            self.reject()

    def _show_acts(self) -> None:
        self.undo.setEnabled(bool(self._acts))
        self.close_carton.setEnabled(bool(self._carton))

    def _play(self, sound: Sound) -> None:
        if self._sounds is not None:
            self._sounds.play(sound)


def _read(session: Session, campaign: str, school: str) -> tuple[SchoolPicking | None, list[CartonRow]]:
    found = packing.picking(session, campaign, school)
    return found[0] if found else None, packing.cartons(session, campaign, school)


def _carded(table: QWidget) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(8, 4, 8, 4)
    layout.addWidget(table)
    return card


def _button(title: str) -> QPushButton:
    button = QPushButton(title)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button

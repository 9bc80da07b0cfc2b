"""What to print and on what at the left, and the first page as it will come out at the right."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QSettings, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from tablet_loans.domain.barcode import CodeKind, Command, command_in, readings
from tablet_loans.domain.errors import Refusal, TabletLoansError
from tablet_loans.domain.label import NoLabels
from tablet_loans.domain.label_stock import LabelStock
from tablet_loans.domain.printer import PrinterOffset
from tablet_loans.services import calibrating, labelling
from tablet_loans.services.labelling import LabelPreview, PrintedLabels, ScannedDevice
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr, trn
from ui import printing, words
from ui.apart import Apart
from ui.jobs import Jobs, Lane
from ui.kept_papers import KeptPapers
from ui.parting import Parting
from ui.printing import Printer
from ui.sounds import Sound
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.label_choice import LabelChoice
from ui.widgets.label_setting import LabelSetting
from ui.widgets.paper_view import PaperView
from ui.widgets.work import Work

_MEMORY: Final = "labels/choices"
_FOLDER: Final = "labels/folder"
_PAUSE_MS: Final = 200
_SHOWN: Final = 3
_LEAST, _SHARE, _MOST = 430, 0.4, 600
_PREVIEW, _NARROW = 260, 720
_NAME: Final = "labels.pdf"


class LabelPrinting(QWidget):
    """The part of the room where labels are printed; nothing is written down before a printer or a file is known."""

    played = Signal(object)
    stick_asked = Signal()
    counted = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.memory: QSettings | None = None
        self.kept, self.printer = KeptPapers(), Printer(self)
        self._asked = self._batches = self.labels = self._pages = 0
        self._is_recalled = self._is_stale = False
        self._shown: Path | None = None
        self._then: Callable[[PrintedLabels], object] = lambda _printed: None
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._apart = Apart(session, jobs, self)
        self._build()
        self._connect()

    def read(self) -> None:
        """Read the stocks and the printers again."""
        self._recall()
        self._jobs.run(
            partial(_shelves, self._session), done=self._on_shelves, failed=self.banner.say, lane=Lane.READING
        )

    def take_scan(self, raw: str) -> None:
        """Put the tablet that was scanned into the list, or obey a command."""
        read = readings(raw)
        command = command_in(read[0].code) if read and read[0].kind is CodeKind.COMMAND else None
        if command is Command.UNDO:
            self._on_undo()
        elif raw.strip():
            call = partial(labelling.scanned, self._session, raw)
            self._jobs.run(call, done=self.add, refused=self._refuse, failed=self._refuse)

    def take_focus(self) -> None:
        """Put the focus where scans are typed."""
        self.choice.field.setFocus()

    def print_labels(self) -> None:
        """Print all labels on the printer chosen; where it is not there, say so and offer a file."""
        if not self.go.isEnabled():
            return
        name = self.setting.printer_name()
        self.printer.use(name)
        if not self.printer.is_there():
            said = tr("The printer “{name}” is not at this computer.").format(name=name) if name else ""
            said = said or tr("There is no printer at this computer.")
            self.banner.tell(said, self.ask_file, tr("Save as PDF…"), Tone.WARN)
            return
        self._batches += 1
        stock = self.setting.stock()
        send = partial(self._send, stock.dpi if stock is not None else 300)
        self._begin(self.kept.place(f"labels-{self._batches}.pdf"), send)

    def ask_file(self) -> None:
        """Ask for a file into which all labels are written, to be printed elsewhere."""
        if not self.save.isEnabled():
            return
        folder = str(self.memory.value(_FOLDER, "")) if self.memory is not None else ""
        ask = QFileDialog(self.window(), tr("Save the labels"), folder, "PDF (*.pdf)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        ask.setDefaultSuffix("pdf")
        ask.selectFile(_NAME)
        ask.fileSelected.connect(lambda chosen: self.save_to(Path(chosen)))
        ask.open()

    def save_to(self, file: Path) -> None:
        """Write all labels into `file`."""
        if self.memory is not None:
            self.memory.setValue(_FOLDER, str(file.parent))
        self._begin(file, self._tell_written)

    def add(self, device: ScannedDevice) -> None:
        """Put a tablet into the list of those that get a label, or say that it is there already."""
        if self.choice.add(device):
            self.banner.fall_silent(is_over=False)
            self.choice.field.whisper(device.tag)
            self.played.emit(Sound.DONE)
        else:
            self.choice.field.whisper(tr("{tag} is in the list already").format(tag=device.tag))
            self.played.emit(Sound.NOTICE)

    def want_stock(self, name: str) -> None:
        """Print on the stock of that name, once the stocks are read again."""
        self.setting.want_stock(name)
        self.read()

    def is_busy(self) -> bool:
        """Say whether labels are being written."""
        return self._apart.is_busy()

    def throw_away(self) -> None:
        """End the printing and remove the papers."""
        self.view.throw_away()
        self.printer.shut_down()
        self.kept.throw_away()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._left.setFixedWidth(self._left_width())
        self.view.setVisible(self.width() >= _NARROW)

    def is_writing(self) -> bool:
        """Say whether labels are being written, which closing the window would stop."""
        return self.is_busy()

    def stop_writing(self) -> None:
        """Write no more labels, unless it is decided already."""
        self._apart.stop()

    def parting_words(self) -> Parting:
        """Return what leaving does to the labels that are being written."""
        sentence = tr("If you leave, they are neither printed nor written down: print them again later.")
        return Parting(tr("The labels are still being written"), sentence, tr("Stop and leave"))

    def _left_width(self) -> int:
        """Return what the choices need, and more of it where the window is wide."""
        needed = self._inside.minimumSizeHint().width() + self._left.verticalScrollBar().sizeHint().width() + 2
        wanted = min(max(_LEAST, needed, int(self.width() * _SHARE)), max(_MOST, needed))
        return min(wanted, max(self.width() - _PREVIEW, needed)) if self.width() >= _NARROW else self.width()

    def _build(self) -> None:
        self.banner, self.strip = Banner(), Work()
        self.choice, self.setting = LabelChoice(), LabelSetting()
        self.view = PaperView(memory=None)
        for button in (self.view.print_, self.view.save, self.view.open):
            button.hide()  # what they print would not be in the journal
        self.save = QPushButton(tr("Save as PDF…"))
        self.go = QPushButton(tr("Print labels"))
        self.go.setObjectName("primary")
        self._inside = QWidget()
        self._inside.setObjectName("plain")
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        column.addWidget(self.choice, 1)
        column.addWidget(self.setting)
        self._left = QScrollArea()
        self._left.setWidgetResizable(True)
        self._left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._left.setWidget(self._inside)
        self._left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        both = QHBoxLayout()
        both.setSpacing(14)
        both.addWidget(self._left)
        both.addWidget(self.view, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.strip)
        layout.addWidget(self.banner)
        layout.addLayout(both, 1)
        self._count(0)
        self.view.offer(tr("No label to print yet"), tr("Scan the tablets, or choose them."))

    def _connect(self) -> None:
        self._pause.timeout.connect(self._preview)
        for part in (self.choice, self.setting):
            part.changed.connect(self._on_changed)
        self.choice.scanned.connect(self.take_scan)
        self.view.failed.connect(self.banner.say)
        self.go.clicked.connect(self.print_labels)
        self.save.clicked.connect(self.ask_file)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Print), self, self.print_labels)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self.ask_file)
        self.strip.stopped.connect(self._apart.stop)
        self._apart.reported.connect(self.strip.reported)
        self._apart.done.connect(self._on_written)
        self._apart.failed.connect(self._on_failed)
        self._apart.stopped.connect(self._on_stopped)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.throw_away)

    def _recall(self) -> None:
        if not self._is_recalled and self.memory is not None:
            kept = json.loads(str(self.memory.value(_MEMORY, "") or "{}"))
            self.setting.recall(kept.get("setting", {}))
            self.choice.recall(kept.get("choice", {}))
        self._is_recalled = True

    def _remember(self) -> None:
        if self.memory is not None and self._is_recalled and self.setting.stock() is not None:
            kept = {"setting": self.setting.kept(), "choice": self.choice.kept()}
            self.memory.setValue(_MEMORY, json.dumps(kept))

    def _on_shelves(self, found: tuple[list[LabelStock], list[PrinterOffset]]) -> None:
        self.setting.know(*found, printing.names())

    def _on_changed(self) -> None:
        """Print nothing until it is known how many labels are meant now."""
        self._remember()
        self._is_stale = True
        self._offer()
        self._pause.start()

    def _preview(self) -> None:
        """Make the first page in the background; what was asked before is no longer wanted."""
        self._asked += 1
        chosen = self.choice.chosen()
        if self.setting.stock() is None:
            return
        file = self.kept.place(f"preview-{self._asked}.pdf")
        call = partial(labelling.preview, self._session, chosen, file, self.setting.options(), _SHOWN)
        refused = partial(self._on_no_preview, self._asked)
        self._jobs.run(
            call, done=partial(self._on_preview, self._asked), refused=refused, failed=refused, lane=Lane.BACKGROUND
        )

    def _on_preview(self, asked: int, preview: LabelPreview) -> None:
        file = Path(preview.file)
        if asked == self._asked:
            self.view.show_paper(file, _NAME, preview.pages)
            _forget(self._shown)
            self._shown, self._is_stale = file, False
            self._count(preview.labels, preview.pages)
            self.banner.fall_silent(is_over=False)
        else:
            _forget(file)

    def _on_no_preview(self, asked: int, error: TabletLoansError) -> None:
        if asked != self._asked:
            return
        self._is_stale = False
        self._count(0)
        if isinstance(error, NoLabels) and self.choice.is_scanned():
            self.view.offer(tr("No label to print yet"), tr("Scan the tablets, or choose them."))
            self.banner.fall_silent(is_over=False)
        elif isinstance(error, NoLabels):
            self.view.offer(tr("No tablet is like that"), tr("Choose another state, school or range."))
            self.banner.fall_silent(is_over=False)
        else:
            self.view.offer(tr("This cannot be printed"), "")
            self.banner.say(error, None if isinstance(error, Refusal) else self._preview)

    def _count(self, labels: int, pages: int = 0) -> None:
        self.labels, self._pages = labels, pages
        said = trn("Print {count} label", "Print {count} labels", labels).format(count=words.number(labels))
        self.go.setText(said if labels else tr("Print labels"))
        self._offer()
        self.setting.show_count(labels, pages, min(pages, _SHOWN))
        self.counted.emit()

    def _offer(self) -> None:
        for button in (self.go, self.save):
            button.setEnabled(self.labels > 0 and not self._is_stale and not self.is_busy())

    def _begin(self, file: Path, then: Callable[[PrintedLabels], object]) -> None:
        if self.is_busy() or not self.labels:
            return
        self._then = then
        self.banner.fall_silent()
        self.strip.begin(tr("Writing the labels"))
        work = partial(labelling.print_labels, chosen=self.choice.chosen(), out=file, options=self.setting.options())
        self._apart.begin(work)
        self._count(self.labels, self._pages)

    def _on_written(self, receipt: Receipt[PrintedLabels]) -> None:
        self._end()
        self._then(receipt.value)
        self.setting.go_on_after(receipt.value.labels)
        if self.choice.is_scanned():
            self.choice.clear()

    def _on_failed(self, error: TabletLoansError) -> None:
        self._end()
        self.played.emit(Sound.REFUSED)
        self.banner.say(error)

    def _on_stopped(self) -> None:
        self._end()
        self.banner.tell(tr("Stopped: nothing was printed or written down."))

    def _end(self) -> None:
        self.strip.end()
        self._count(self.labels, self._pages)

    def _send(self, dpi: int, printed: PrintedLabels) -> None:
        """Send the labels that are written to the printer, in the dots of their stock, on one side."""
        self.printer.print_pdf(
            Path(printed.file),
            done=partial(self._on_sent, printed),
            failed=partial(self._on_unsent, dpi, printed),
            dpi=dpi,
            has_two_sides=False,
        )

    def _on_sent(self, printed: PrintedLabels, _done: object) -> None:
        self.played.emit(Sound.DONE)
        said = trn("{count} label sent to the printer.", "{count} labels sent to the printer.", printed.labels)
        self.banner.tell(said.format(count=words.number(printed.labels)), self.stick_asked.emit, tr("Stick and verify"))

    def _on_unsent(self, dpi: int, printed: PrintedLabels, error: TabletLoansError) -> None:
        """Say that the printer did not take them: they are written down, and are sent again from the same file."""
        self.played.emit(Sound.REFUSED)
        self.banner.say(error, partial(self._send, dpi, printed))

    def _tell_written(self, printed: PrintedLabels) -> None:
        said = trn("{count} label written to {file}", "{count} labels written to {file}", printed.labels)
        file = Path(printed.file)
        sentence = said.format(count=words.number(printed.labels), file=file.name)
        self.banner.tell(sentence, partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(file))), tr("Open"))

    def _on_undo(self) -> None:
        if tag := self.choice.remove_last():
            self.choice.field.whisper(tr("{tag} is taken out of the list").format(tag=tag))
            self.played.emit(Sound.NOTICE)

    def _refuse(self, error: TabletLoansError) -> None:
        self.played.emit(Sound.REFUSED)
        self.banner.say(error)
        self.choice.field.setFocus()


def _forget(file: Path | None) -> None:
    if file is not None:
        with suppress(OSError):  # it is still read: it goes with its folder
            file.unlink(missing_ok=True)


def _shelves(session: Session) -> tuple[list[Any], list[Any]]:
    return calibrating.stocks(session), calibrating.printers(session)

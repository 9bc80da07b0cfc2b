"""A technician without a scanner: hold a label before the webcam, or open, paste or drop a photo of it."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSettings, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.trouble import FileUnreadable, reason_of
from tablet_loans.services.importers import photos
from tablet_loans.services.importers.photos import SeenCode
from tablet_loans.text import N_, tr, trn
from ui.camera import Newest, Webcam
from ui.widgets.banner import Banner
from ui.widgets.choice import Choice
from ui.widgets.empty import Empty
from ui.widgets.preview import Preview
from ui.words import number

_MEMORY: Final = "camera/name"
_FOLDER: Final = "camera/folder"


class Camera(QDialog):
    """The camera and photos as a scanner: `scanned` is what a scanner would have typed."""

    scanned = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, memory: QSettings | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Scan with the camera"))
        self.setAcceptDrops(True)
        self._memory = memory
        self._build()
        self._photos = Newest(_codes_of, self)
        self.webcam = self._found_webcam()
        self._connect()

    def open_photo(self, path: Path) -> None:
        """Read the codes of a photo's file."""
        self._read_photo(path)

    def paste(self) -> None:
        """Read the codes of the picture in the clipboard."""
        self._take(QGuiApplication.clipboard().mimeData())

    def done(self, result: int) -> None:
        """Let go of the camera and close."""
        if self.webcam is not None:
            self.webcam.shut_down()
        self._photos.shut_down()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list_cameras()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.webcam is not None:
            self.webcam.stop()  # nothing is read behind the idle lock

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._take(event.mimeData()):
            event.acceptProposedAction()

    def _build(self) -> None:
        self.cameras = Choice()
        self.cameras.setAccessibleName(tr("Camera"))
        self.preview, self.empty, self.banner = Preview(), Empty("video-camera-slash"), Banner()
        self.empty.setMinimumSize(self.preview.minimumSize())
        self._stage = QStackedWidget()
        self._stage.addWidget(self.empty)
        self._stage.addWidget(self.preview)
        self.last, self.hint = QLabel(), QLabel(tr("Hold the label in the frame, flat and still."))
        self.last.setObjectName("big")
        self.last.setProperty("code", True)
        self.hint.setObjectName("soft")
        self.hint.setWordWrap(True)
        for label in (self.last, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.found = QListWidget()
        self.found.setAccessibleName(tr("Codes in the photo"))
        self.found.setFixedHeight(136)
        self.found.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (self.cameras, self.banner, self._stage, self.last, self.hint, self.found):
            layout.addWidget(widget, 1 if widget is self._stage else 0)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        photo, close = QPushButton(tr("Open a photo…")), QPushButton(tr("Close"))
        photo.setToolTip(tr("Ctrl+O; a photo can also be pasted or dropped here"))
        photo.clicked.connect(self._on_photo_asked)
        close.clicked.connect(self.reject)
        for button in (photo, close):
            button.setAutoDefault(False)
        row.addWidget(photo)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _found_webcam(self) -> Webcam | None:
        try:
            return Webcam(self)
        except ImportError:
            self._say_no_camera(tr("a library of the system is missing"))
            return None

    def _connect(self) -> None:
        QShortcut(QKeySequence.StandardKey.Open, self, self._on_photo_asked)
        QShortcut(QKeySequence.StandardKey.Paste, self, self.paste)
        self.found.itemActivated.connect(self._on_code_chosen)
        self._photos.ended.connect(self._on_photo_read, Qt.ConnectionType.QueuedConnection)
        self.cameras.textActivated.connect(self._on_camera_chosen)
        if self.webcam is not None:
            self.webcam.scanned.connect(self._give)
            self.webcam.pictured.connect(self._on_picture)
            self.webcam.failed.connect(self._say_no_camera)
            self.webcam.changed.connect(self._list_cameras)

    def _list_cameras(self) -> None:
        """Offer the cameras there are now, and look through the one used before."""
        if self.webcam is None:
            self.cameras.hide()
            return
        names = self.webcam.names()
        self.cameras.clear()
        self.cameras.addItems(names)
        self.cameras.setVisible(len(names) > 1)
        self._look_through(str(self._memory.value(_MEMORY, "")) if self._memory is not None else "")

    def _look_through(self, name: str) -> None:
        assert self.webcam is not None  # noqa: S101 - only asked of one
        chosen = self.webcam.start(name)
        self.cameras.setCurrentText(chosen)
        if not chosen:
            self.empty.say(tr("No camera is found"), tr("Plug one in, or open a photo of the label (Ctrl+O)."))
            self._stage.setCurrentWidget(self.empty)
        self.hint.setVisible(bool(chosen))

    def _say_no_camera(self, reason: str) -> None:
        said = tr("The camera cannot be used here: {reason}.").format(reason=reason.rstrip("."))
        self.empty.say(said, tr("Close what else uses it, or open a photo of the label (Ctrl+O)."))
        self._stage.setCurrentWidget(self.empty)
        self.hint.hide()

    def _on_camera_chosen(self, name: str) -> None:
        if self._memory is not None:
            self._memory.setValue(_MEMORY, name)
        self._look_through(name)

    def _on_picture(self, image: QImage) -> None:
        self._stage.setCurrentWidget(self.preview)
        self.preview.show_picture(image)

    def _give(self, scan: str) -> None:
        """Hand a code on as a scan, and show it."""
        self.last.setText(_shown(scan))
        self.hint.setText(tr("Hold the label in the frame, flat and still."))
        self.preview.flash()
        self.scanned.emit(scan)

    def _on_photo_asked(self) -> None:
        folder = str(self._memory.value(_FOLDER, "")) if self._memory is not None else ""
        path, _kind = QFileDialog.getOpenFileName(self, tr("Open a photo…"), folder, tr("Photos (*.png *.jpg *.jpeg)"))
        if path:
            if self._memory is not None:
                self._memory.setValue(_FOLDER, str(Path(path).parent))
            self.open_photo(Path(path))

    def _take(self, brought: QMimeData) -> bool:
        """Read the codes of a picture that was pasted or dropped, and say whether there was one."""
        paths = [Path(url.toLocalFile()) for url in brought.urls() if url.isLocalFile()]
        if paths:
            self._read_photo(paths[0])
        elif brought.hasImage():
            self._read_photo(QImage(brought.imageData()))
        return bool(paths) or brought.hasImage()

    def _read_photo(self, source: Path | QImage) -> None:
        self.banner.fall_silent()
        self.found.hide()
        self.last.setText(tr("Reading the photo…"))
        self._photos.give(source)

    def _on_photo_read(self, codes: list[SeenCode] | TabletLoansError) -> None:
        self.last.clear()
        if isinstance(codes, TabletLoansError):
            self.banner.say(codes)
        elif len(codes) == 1:
            self._give(codes[0].scan)
        elif codes:
            self._offer(codes)
        else:
            self.hint.setText(
                tr("No code can be read in this photo: take it closer, sharp, without the torch's glare.")
            )
            self.hint.show()

    def _offer(self, codes: list[SeenCode]) -> None:
        """Let one of several codes be chosen, with the arrows and Enter."""
        self.hint.setText(
            trn("{count} code in the photo: choose it", "{count} codes in the photo: choose one", len(codes)).format(
                count=number(len(codes))
            )
        )
        self.found.clear()
        for code in codes:
            item = QListWidgetItem(_shown(code.scan))
            item.setData(Qt.ItemDataRole.UserRole, code.scan)
            self.found.addItem(item)
        self.found.setCurrentRow(0)
        for widget in (self.hint, self.found):
            widget.show()
        self.found.setFocus()

    def _on_code_chosen(self, item: QListWidgetItem) -> None:
        self._give(str(item.data(Qt.ItemDataRole.UserRole)))


def _shown(scan: str) -> str:
    """Return a scan without its symbology, its separators as spaces."""
    return scan[3:].replace("\x1d", " ").strip()


def _codes_of(source: Path | QImage) -> list[SeenCode] | TabletLoansError:
    """Return a photo's codes, or why it cannot be read; called in the photos' own thread."""
    name = source.name if isinstance(source, Path) else N_("The pasted picture")
    try:
        return photos.codes_in(source.read_bytes() if isinstance(source, Path) else _png(source), name)
    except OSError as error:
        return FileUnreadable(path=name, reason=reason_of(error))
    except TabletLoansError as error:
        return error


def _png(image: QImage) -> bytes:
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(written.data())

"""A webcam as a scanner: frames are read apart from the window, each code is given once while it is held there."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from tablet_loans import logs
from tablet_loans.services.importers import photos
from tablet_loans.services.importers.photos import SeenCode

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QCamera, QCameraDevice, QVideoFrame

_GONE_AFTER_S: Final = 1.0
_POINTS: Final = 1280 * 720
_LARGEST_PREVIEW: Final = 640


class Sightings:
    """Which code of a frame is news: one that was in no frame of the last second, and one a frame.

    Asset tags come first, then proved codes, then the one nearest to the middle; the others of the frame count as seen.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._seen_at: dict[str, float] = {}

    def news(self, codes: Sequence[SeenCode]) -> SeenCode | None:
        """Return the code that a frame brings, or None."""
        now = self._now()
        self._seen_at = {scan: at for scan, at in self._seen_at.items() if now - at < _GONE_AFTER_S}
        aimed = min(codes, key=lambda code: (code.rank, _off_centre(code)), default=None)
        is_new = aimed is not None and aimed.scan not in self._seen_at
        self._seen_at.update({code.scan: now for code in codes})
        return aimed if is_new else None


class Newest(QObject):
    """Work on the newest thing given, in a thread of its own; what waits when a newer one comes is dropped."""

    ended = Signal(object)

    def __init__(self, work: Callable[[Any], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work, self._waiting, self._is_open = work, list[object](), True
        self._changed = Condition()
        self._thread = Thread(target=self._go_on, name="camera", daemon=True)
        self._thread.start()

    def give(self, thing: object) -> None:
        """Have a thing worked on, unless a newer one comes first."""
        with self._changed:
            self._waiting = [thing]
            self._changed.notify()

    def shut_down(self) -> None:
        """End the thread once its work is done."""
        with self._changed:
            self._is_open = False
            self._changed.notify()
        self._thread.join()

    def _go_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or not self._is_open)
                if not self._is_open:
                    return
                thing = self._waiting.pop()
            try:
                result = self._work(thing)
            except (RuntimeError, ValueError, OSError) as error:  # one frame that cannot be read: the next one comes
                logs.LOG.info("a camera's frame was not read: %s", type(error).__name__)
                continue
            with suppress(RuntimeError):  # the window went away in the meantime
                self.ended.emit(result)


class Webcam(QObject):
    """One of the computer's cameras; `scanned` is what a scanner would have typed. Raises: ImportError.

    `pictured` brings what it sees, small, `failed` why it sees nothing, `changed` says that one was plugged in or out.
    """

    scanned = Signal(str)
    pictured = Signal(object)
    failed = Signal(str)
    changed = Signal()

    def __init__(self, parent: QObject | None = None, now: Callable[[], float] = monotonic) -> None:
        from PySide6.QtMultimedia import QMediaCaptureSession, QMediaDevices, QVideoSink

        super().__init__(parent)
        self._sightings, self._turn = Sightings(now), 0
        self._camera: QCamera | None = None
        self.sink = QVideoSink(self)
        self._capture = QMediaCaptureSession(self)
        self._capture.setVideoSink(self.sink)
        self._devices = QMediaDevices(self)
        self._reader, self._painter = Newest(self._read, self), Newest(_small, self)
        self.sink.videoFrameChanged.connect(self._on_frame)
        self._reader.ended.connect(self._on_read, Qt.ConnectionType.QueuedConnection)
        self._painter.ended.connect(self.pictured, Qt.ConnectionType.QueuedConnection)
        self._devices.videoInputsChanged.connect(self.changed)

    def names(self) -> list[str]:
        """Return the names of the cameras there are, the system's own choice first."""
        return [device.description() for device in self._found()]

    def start(self, name: str = "") -> str:
        """Look through the camera of that name, else through the first; return its name, empty when there is none."""
        from PySide6.QtMultimedia import QCamera

        self.stop()
        found = self._found()
        if not found:
            return ""
        device = next((each for each in found if each.description() == name), found[0])
        self._camera = QCamera(device, self)
        formats = [each for each in device.videoFormats() if each.maxFrameRate() >= 10]
        if formats:
            self._camera.setCameraFormat(min(formats, key=lambda each: abs(_points(each.resolution()) - _POINTS)))
        self._camera.errorOccurred.connect(self._on_error)
        self._capture.setCamera(self._camera)
        self._camera.start()
        return device.description()

    def stop(self) -> None:
        """Let go of the camera: its light goes out."""
        if self._camera is not None:
            self._camera.stop()
            self._camera.deleteLater()
            self._camera = None

    def shut_down(self) -> None:
        """Let go of the camera and end the threads."""
        self.stop()
        for worker in (self._reader, self._painter):
            worker.shut_down()

    def _found(self) -> "list[QCameraDevice]":
        from PySide6.QtMultimedia import QMediaDevices

        return sorted(QMediaDevices.videoInputs(), key=lambda device: not device.isDefault())

    @Slot(object)
    def _on_frame(self, frame: "QVideoFrame") -> None:
        self._painter.give(frame)
        self._reader.give(frame)

    def _read(self, frame: "QVideoFrame") -> list[SeenCode]:
        self._turn += 1
        grey, width, height, line = grey_of(frame)
        return photos.codes_in_frame(grey, width, height, line, self._turn)

    @Slot(object)
    def _on_read(self, codes: list[SeenCode]) -> None:
        if (code := self._sightings.news(codes)) is not None:
            self.scanned.emit(code.scan)

    def _on_error(self, _error: object, reason: str) -> None:
        QTimer.singleShot(0, self, self.stop)
        self.failed.emit(reason)


def grey_of(frame: "QVideoFrame") -> tuple[bytes, int, int, int]:
    """Return a frame's grey points, its width and height, and the length of a line, which may be padded."""
    from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

    pixels = QVideoFrameFormat.PixelFormat
    begin_with_grey = {
        pixels.Format_Y8, pixels.Format_NV12, pixels.Format_NV21, pixels.Format_YUV420P, pixels.Format_YUV422P,
        pixels.Format_YV12,
    }  # fmt: skip
    if frame.pixelFormat() in begin_with_grey and frame.map(QVideoFrame.MapMode.ReadOnly):
        try:
            return bytes(frame.bits(0)), frame.width(), frame.height(), frame.bytesPerLine(0)
        finally:
            frame.unmap()
    image = frame.toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return bytes(image.constBits()), image.width(), image.height(), image.bytesPerLine()


def _small(frame: "QVideoFrame") -> QImage:
    """Return a frame no larger than it is shown."""
    image = frame.toImage()
    if image.width() <= _LARGEST_PREVIEW:
        return image
    return image.scaledToWidth(_LARGEST_PREVIEW, Qt.TransformationMode.FastTransformation)


def _points(size: Any) -> int:
    return int(size.width() * size.height())


def _off_centre(code: SeenCode) -> float:
    across, down = code.place
    return (across - 0.5) ** 2 + (down - 0.5) ** 2

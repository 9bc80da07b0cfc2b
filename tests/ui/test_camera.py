"""The camera and photos as a scanner: each code once, off the window's thread, by the same path as a scan."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain import barcode
from tablet_loans.domain.barcode import CodeKind
from tablet_loans.services.importers.photos import SeenCode
from tests.files import labels
from ui.camera import Newest, Sightings, Webcam, grey_of
from ui.dialogs.camera import Camera

TAG, OTHER = "ML-000123-K", "R52M70ABCDE"


class Seconds:
    """A clock that goes on when it is told."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def picture(*codes: str) -> Image.Image:
    """Return what the camera sees of labels one under the other."""
    page = Image.new("L", (labels.WIDTH, labels.HEIGHT), 90)
    for row, code in enumerate(codes):
        page.paste(labels.label(code).resize((560, 190)), (340, 60 + 320 * row))
    return page


def image(seen: Image.Image) -> QImage:
    """Return the picture as Qt holds it."""
    return QImage(seen.tobytes(), seen.width, seen.height, seen.width, QImage.Format.Format_Grayscale8).copy()


def frame(*codes: str) -> QVideoFrame:
    """Return a frame of the camera, with these labels in it."""
    return QVideoFrame(image(picture(*codes)))


def photo(folder: Path, *codes: str) -> Path:
    """Return the file of a photo of labels."""
    file = folder / "photo.jpg"
    picture(*codes).save(file, quality=90)
    return file


@pytest.fixture
def seconds() -> Seconds:
    """Return the time that the camera lives by."""
    return Seconds()


@pytest.fixture
def webcam(qtbot: QtBot, seconds: Seconds) -> Iterator[Webcam]:  # noqa: ARG001 - Qt must be there
    """Return a camera into which tests put frames as a real one does."""
    made = Webcam(now=seconds)
    yield made
    made.shut_down()


@pytest.fixture
def dialog(qtbot: QtBot) -> Camera:
    """Return the camera's window, on a computer that may have none."""
    made = Camera()
    qtbot.addWidget(made)
    made.show()
    return made


def scan_of(code: str) -> str:
    return f"]C0{code}"


def test_a_label_before_the_camera_is_a_scan_that_the_program_understands(qtbot: QtBot, webcam: Webcam) -> None:
    with qtbot.waitSignal(webcam.scanned) as heard:
        webcam.sink.setVideoFrame(frame(TAG))
    (scan,) = heard.args
    assert scan == scan_of(TAG)
    assert barcode.readings(scan)[0].kind is CodeKind.TAG
    assert barcode.readings(scan)[0].code == TAG


def test_what_the_camera_shows_is_no_larger_than_the_window_needs(qtbot: QtBot, webcam: Webcam) -> None:
    with qtbot.waitSignal(webcam.pictured) as heard:
        webcam.sink.setVideoFrame(frame(TAG))
    assert heard.args[0].width() == 640


def test_a_label_held_still_is_scanned_once(qtbot: QtBot, webcam: Webcam, seconds: Seconds) -> None:
    scans: list[str] = []
    webcam.scanned.connect(scans.append)
    for _ in range(5):
        seconds.at += 0.9
        with qtbot.waitSignal(webcam._reader.ended):
            webcam.sink.setVideoFrame(frame(TAG))
    assert scans == [scan_of(TAG)]


def test_a_label_that_left_for_a_second_is_scanned_again(qtbot: QtBot, webcam: Webcam, seconds: Seconds) -> None:
    scans: list[str] = []
    webcam.scanned.connect(scans.append)
    for labels_held in ((TAG,), (), (TAG,)):
        with qtbot.waitSignal(webcam._reader.ended):
            webcam.sink.setVideoFrame(frame(*labels_held))
        seconds.at += 0.6
    assert scans == [scan_of(TAG)] * 2


def test_of_two_codes_in_a_frame_the_proved_one_is_scanned_and_the_other_is_not_later() -> None:
    seconds = Seconds()
    sightings = Sightings(seconds)
    serial, tag = SeenCode(OTHER, "]C0", (0.5, 0.5)), SeenCode(TAG, "]C0", (0.5, 0.9))
    assert sightings.news([serial, tag]) == tag
    seconds.at += 0.5
    assert sightings.news([serial]) is None


def test_of_two_unproved_codes_the_one_aimed_at_is_scanned() -> None:
    far, near = SeenCode("R52M70AAAAA", "]C0", (0.1, 0.5)), SeenCode(OTHER, "]C0", (0.5, 0.6))
    assert Sightings(Seconds()).news([far, near]) == near


@pytest.mark.parametrize(
    "pixels", [QVideoFrameFormat.PixelFormat.Format_NV12, QVideoFrameFormat.PixelFormat.Format_YUV420P]
)
def test_the_grey_of_a_webcams_frame_is_taken_as_it_is(qtbot: QtBot, pixels: QVideoFrameFormat.PixelFormat) -> None:  # noqa: ARG001
    seen = picture(TAG)
    made = QVideoFrame(QVideoFrameFormat(image(seen).size(), pixels))
    made.map(QVideoFrame.MapMode.WriteOnly)
    line = made.bytesPerLine(0)
    padded = b"".join(seen.crop((0, y, seen.width, y + 1)).tobytes().ljust(line, b"\0") for y in range(seen.height))
    points = made.bits(0)
    assert isinstance(points, memoryview)
    points[: len(padded)] = padded
    made.unmap()
    grey, width, height, found = grey_of(made)
    assert (width, height, found) == (seen.width, seen.height, line)
    assert grey[: len(padded)] == padded


def test_a_coloured_frame_is_read(qtbot: QtBot, webcam: Webcam) -> None:
    with qtbot.waitSignal(webcam.scanned) as heard:
        webcam.sink.setVideoFrame(QVideoFrame(image(picture(TAG)).convertToFormat(QImage.Format.Format_RGB32)))
    assert heard.args == [scan_of(TAG)]


def test_while_a_frame_is_read_only_the_newest_waits(qtbot: QtBot) -> None:
    from threading import Event

    begun, release, done = Event(), Event(), list[object]()

    def work(number: int) -> int:
        begun.set()
        release.wait(10)
        return number

    newest = Newest(work)
    newest.ended.connect(done.append)
    newest.give(1)
    begun.wait(10)
    for number in (2, 3, 4):
        newest.give(number)
    release.set()
    qtbot.waitUntil(lambda: len(done) == 2)
    newest.shut_down()
    assert done == [1, 4]


def test_a_frame_that_cannot_be_read_does_not_stop_the_next(qtbot: QtBot) -> None:
    done: list[object] = []
    newest = Newest(int)
    newest.ended.connect(done.append)
    for text in ("seven", "8"):
        newest.give(text)
        qtbot.waitUntil(lambda: not newest._waiting)
    qtbot.waitUntil(lambda: done == [8])
    newest.shut_down()


def test_without_a_camera_the_window_says_what_to_do(qtbot: QtBot, dialog: Camera) -> None:
    if dialog.webcam is not None and dialog.webcam.names():
        pytest.skip("this computer has a camera")
    qtbot.waitUntil(dialog.empty.isVisible)
    assert "open a photo" in dialog.empty.accessibleName()


def test_without_the_sound_and_picture_library_photos_are_still_read(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    dialog = Camera()
    qtbot.addWidget(dialog)
    dialog.show()
    assert "a library of the system is missing" in dialog.empty.accessibleName()
    with qtbot.waitSignal(dialog.scanned, timeout=20_000) as heard:
        dialog.open_photo(photo(tmp_path, TAG))
    assert heard.args == [scan_of(TAG)]


def test_what_the_camera_sees_is_shown_and_a_code_flashes(qtbot: QtBot, dialog: Camera) -> None:
    assert dialog.webcam is not None
    with qtbot.waitSignal(dialog.scanned) as heard:
        dialog.webcam.sink.setVideoFrame(frame(TAG))
    assert heard.args == [scan_of(TAG)]
    assert dialog.preview.is_flashing
    assert dialog.last.text() == TAG
    qtbot.waitUntil(dialog.preview.isVisible)
    qtbot.waitUntil(lambda: not dialog.preview.is_flashing)


def test_a_photo_of_one_label_is_a_scan(qtbot: QtBot, dialog: Camera, tmp_path: Path) -> None:
    with qtbot.waitSignal(dialog.scanned, timeout=20_000) as heard:
        dialog.open_photo(photo(tmp_path, TAG))
    assert heard.args == [scan_of(TAG)]


def test_of_several_codes_in_a_photo_one_is_chosen_by_keyboard(qtbot: QtBot, dialog: Camera, tmp_path: Path) -> None:
    scans: list[str] = []
    dialog.scanned.connect(scans.append)
    dialog.open_photo(photo(tmp_path, TAG, OTHER))
    qtbot.waitUntil(dialog.found.isVisible, timeout=20_000)
    assert scans == []
    assert [dialog.found.item(row).text() for row in range(dialog.found.count())] == [TAG, OTHER]
    QTest.keyClick(dialog.found, Qt.Key.Key_Down)
    QTest.keyClick(dialog.found, Qt.Key.Key_Return)
    assert scans == [scan_of(OTHER)]


def test_a_picture_pasted_or_dropped_is_read(qtbot: QtBot, dialog: Camera, tmp_path: Path) -> None:
    QGuiApplication.clipboard().setImage(image(picture(TAG)))
    with qtbot.waitSignal(dialog.scanned, timeout=20_000) as pasted:
        dialog.paste()
    brought = QMimeData()
    brought.setUrls([QUrl.fromLocalFile(str(photo(tmp_path, OTHER)))])
    drop = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, brought, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(dialog.scanned, timeout=20_000) as dropped:
        dialog.dropEvent(drop)
    assert (pasted.args, dropped.args) == ([scan_of(TAG)], [scan_of(OTHER)])


def test_a_photo_that_cannot_be_read_says_why(qtbot: QtBot, dialog: Camera, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("no picture")
    for name in ("notes.jpg", "none.jpg"):
        dialog.open_photo(tmp_path / name)
        qtbot.waitUntil(dialog.banner.isVisible)
        dialog.banner.fall_silent()
    (tmp_path / "empty.png").write_bytes(b"")
    Image.new("L", (200, 100), 255).save(tmp_path / "white.png")
    dialog.open_photo(tmp_path / "white.png")
    qtbot.waitUntil(lambda: "No code" in dialog.hint.text())


def test_closed_it_lets_go_of_the_camera_and_its_threads(qtbot: QtBot) -> None:
    made = Camera()
    qtbot.addWidget(made)
    made.show()
    assert made.webcam is not None
    threads = [made._photos._thread, made.webcam._reader._thread, made.webcam._painter._thread]
    with qtbot.waitSignal(made.destroyed):
        made.close()
    assert not any(thread.is_alive() for thread in threads)

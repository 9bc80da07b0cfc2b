"""Three sounds told apart without looking; a scan never waits for a loudspeaker."""

from contextlib import suppress
from enum import StrEnum
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLoggingCategory, QObject, QTimer, QUrl, Signal, Slot

from tablet_loans import logs, paths

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

_LOADED_AFTER_MS: Final = 1_500
_LIBRARY: Final = "PySide6.QtMultimedia"


class Sound(StrEnum):
    """What a sound means: done rises, refused buzzes twice and low, a notice is one short blip."""

    DONE = "done"
    REFUSED = "refused"
    NOTICE = "notice"


class Sounds(QObject):
    """The sounds of one window; without a loudspeaker it is silent, and the log says so once."""

    played = Signal(str)
    _imported = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = True
        self._effects: dict[Sound, QSoundEffect] = {}
        self._devices: QMediaDevices | None = None
        self._is_told = False
        self._imported.connect(self._on_imported)
        QTimer.singleShot(_LOADED_AFTER_MS, self, self.load)

    @property
    def is_ready(self) -> bool:
        """Say whether sounds can be heard."""
        return bool(self._effects)

    def play(self, sound: Sound) -> None:
        """Play a sound when sounds are on and loaded; a sound still heard gives way."""
        if not self.is_on or not self._effects:
            return
        for effect in self._effects.values():
            effect.stop()
        self._effects[sound].play()
        self.played.emit(sound.value)

    @Slot()
    def load(self) -> None:
        """Read Qt's sound library apart: the window goes on meanwhile. It is done by itself once the window stands."""
        QLoggingCategory.setFilterRules("qt.multimedia.*=false")  # what a machine lacks for films is nobody's business
        Thread(target=self._import, name="sounds", daemon=True).start()

    def _import(self) -> None:
        reason = ""
        try:
            import_module(_LIBRARY)
        except ImportError:
            reason = "a library of the system is missing"
        with suppress(RuntimeError):  # the window went away in the meantime
            self._imported.emit(reason)

    @Slot(str)
    def _on_imported(self, reason: str) -> None:
        if reason:
            self._fall_silent(reason)
            return
        from PySide6.QtMultimedia import QMediaDevices

        if self._devices is None:
            self._devices = QMediaDevices(self)
            self._devices.audioOutputsChanged.connect(self._make)
        self._make()

    @Slot()
    def _make(self) -> None:
        """Make the three sounds for the loudspeaker there is now; one may be plugged in later."""
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

        for effect in self._effects.values():
            effect.deleteLater()
        self._effects.clear()
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            self._fall_silent("there is no loudspeaker")
            return
        for sound in Sound:
            effect = QSoundEffect(device, self)
            effect.setSource(QUrl.fromLocalFile(str(paths.resources() / "sounds" / f"{sound}.wav")))
            self._effects[sound] = effect

    def _fall_silent(self, reason: str) -> None:
        if not self._is_told:
            logs.LOG.info("no sounds: %s", reason)
            self._is_told = True

"""Three sounds told apart without looking, and silence where there is no loudspeaker."""

import logging
import wave
from array import array
from collections.abc import Sequence
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from tablet_loans import logs, paths
from ui import sounds
from ui.sounds import Sound, Sounds


def samples(sound: Sound) -> tuple[Sequence[int], int]:
    """Return a sound's samples and how many there are a second."""
    with wave.open(str(paths.resources() / "sounds" / f"{sound}.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return array("h", file.readframes(file.getnframes())), file.getframerate()


def pitch(part: Sequence[int], rate: int) -> float:
    """Return how many times a second a sound goes up through zero."""
    rises = sum(before < 0 <= after for before, after in pairwise(part))
    return rises * rate / len(part)


def hear(log: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log says of sounds."""
    return [record.getMessage() for record in log.records if "sound" in record.getMessage()]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """Return the program's log, read by the test."""
    monkeypatch.setattr(logs.LOG, "propagate", True)
    caplog.set_level(logging.INFO, logs.LOG.name)
    return caplog


@pytest.mark.parametrize("sound", list(Sound))
def test_a_sound_is_a_short_small_file(sound: Sound) -> None:
    played, rate = samples(sound)
    assert (paths.resources() / "sounds" / f"{sound}.wav").stat().st_size < 20_000
    assert 0.05 < len(played) / rate < 0.4
    assert 8_000 < max(played) < 32_768


def test_done_rises_refused_is_low_and_double_and_a_notice_is_short() -> None:
    (done, rate), (refused, _), (notice, _) = samples(Sound.DONE), samples(Sound.REFUSED), samples(Sound.NOTICE)
    third = len(done) // 3
    assert pitch(done[-third:], rate) > pitch(done[:third], rate) * 1.3
    assert pitch(refused[: len(refused) // 3], rate) < pitch(done[:third], rate) / 2
    middle = len(refused) * 45 // 100
    assert max(refused[middle : middle + 500]) == 0 < max(refused[: len(refused) // 3])
    assert len(notice) < len(done) / 2 < len(refused)


def test_without_a_loudspeaker_it_is_silent_and_the_log_says_so_once(
    qtbot: QtBot, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "_LIBRARY", "PySide6.NoSuchLibrary")
    voice, heard = Sounds(), list[str]()
    voice.played.connect(heard.append)
    for _ in range(2):
        with qtbot.waitSignal(voice._imported):
            voice.load()
        voice.play(Sound.REFUSED)
    assert not voice.is_ready
    assert heard == []
    assert hear(log) == ["no sounds: a library of the system is missing"]


def test_they_are_loaded_apart_and_played_where_there_is_a_loudspeaker(
    qtbot: QtBot, log: pytest.LogCaptureFixture
) -> None:
    voice, heard = Sounds(), list[str]()
    voice.played.connect(heard.append)
    with qtbot.waitSignal(voice._imported, timeout=20_000):
        voice.load()
    qtbot.waitUntil(lambda: voice.is_ready or bool(hear(log)))
    if not voice.is_ready:
        pytest.skip("this computer has no loudspeaker: only its silence could be tried")
    voice.play(Sound.DONE)
    voice.is_on = False
    voice.play(Sound.REFUSED)
    assert heard == ["done"]
    qtbot.waitUntil(lambda: not any(effect.isPlaying() for effect in voice._effects.values()))

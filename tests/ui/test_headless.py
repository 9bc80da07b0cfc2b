"""Without a display: the day is done through the services, and every screen is drawn."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tablet_loans.services import campaigning
from tests.builders import CAMPAIGN, World
from ui import headless


@pytest.mark.usefixtures("qapp")
def test_the_day_is_done_and_the_screens_are_drawn(
    sqlite_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaigning.close(sqlite_world.session, CAMPAIGN)
    sqlite_world.campaign("Far ahead", due_on=date(2099, 7, 3))  # the day is done by the real clock
    for turn in range(12):
        sqlite_world.device()
        sqlite_world.pupil("Kaya", f"Deniz {turn}")
    out = tmp_path / "demo"
    code = headless.main(["--database", str(sqlite_world.base.path), "--out", str(out), "--lang", "en"])
    assert code == 0
    said = capsys.readouterr().out
    assert [word for word in ("Lent:", "Agreement:", "Returned:", "Undone:") if word not in said] == []
    pictures = sorted(out.glob("*.png"))
    assert len(pictures) == 8
    assert {(QImage(str(file)).width(), QImage(str(file)).height()) for file in pictures} == {(1280, 800)}
    assert len(list(out.glob("*.pdf"))) == 1


def test_a_base_that_is_not_there_is_trouble_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "none.sqlite")
    assert headless.main(["--database", missing, "--out", str(tmp_path / "demo"), "--lang", "en"]) == 3
    assert "There is no base at" in capsys.readouterr().err

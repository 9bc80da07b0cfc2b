"""What the counter paints holds where the window leaves little room."""

import pytest
from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from tablet_loans.services.desk import Notice
from ui.theme import Tone
from ui.widgets.act_rows import ActDelegate, ActRow
from ui.widgets.facts import Fact
from ui.widgets.happening import Happening
from ui.widgets.outcome_words import Said

_WHY = "La tablette ML-012433-2 n’est enrôlée dans aucun MDM : elle ne se prête pas ainsi."
_FACTS = (Fact("Tablette", "ML-012433-2"), Fact("Série", "R52JAJVJ9CP"))


def test_a_refusal_says_what_to_do_before_it_says_the_facts(qtbot: QtBot) -> None:
    card = Happening()
    qtbot.addWidget(card)
    card.resize(650, 186)
    assert _shown(card, "Enrôlez-la.") != _shown(card, "Prenez-en une autre.")


@pytest.mark.usefixtures("qtbot")
def test_the_pupil_of_a_return_on_time_is_read_in_a_narrow_list() -> None:
    assert _row("PEREIRA Boubacar") != _row("OUATTARA Théo")


def _shown(card: Happening, way_out: str) -> QImage:
    waits = (Notice("ROMANO Younès attend toujours une tablette", is_warning=False),)
    line = f"{_WHY} {way_out}"
    card.say(Said("Refusée", "ROMANO Younès", line, "Rien", tone=Tone.BAD, facts=_FACTS, notices=waits))
    return card.grab().toImage()


def _row(pupil: str) -> QImage:
    """Return how a return is painted in a list of a window at 200 %."""
    parent, drawn = QObject(), QImage(520, 36, QImage.Format.Format_RGB32)
    drawn.fill(0)
    delegate, painter = ActDelegate(parent), QPainter(drawn)
    delegate.height = 36
    row = ActRow("22:30:27", "Rendue", Tone.OK, "ML-000001-3", pupil, "", "", Tone.SOFT, can_undo=True)
    delegate._draw(painter, row, QRect(0, 0, 520, 36), is_near=False)
    painter.end()
    return drawn

"""A word in a coloured pill: state is never colour alone."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.theme import Tone


class Chip(QLabel):
    """A short word with a tone; without a word it is not there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.say("", Tone.PLAIN)

    def say(self, words: str, tone: Tone) -> None:
        """Show these words in that tone."""
        self.setText(words)
        if self.property("tone") != tone.value:
            self.setProperty("tone", tone.value)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setVisible(bool(words))

"""A field for a whole number: what is typed stays as it was typed, so that a rule can refuse it in plain sight."""

from typing import Final

from PySide6.QtCore import QRegularExpression
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QWidget

_WHOLE: Final = "-?[0-9]{0,8}"


class NumberField(QLineEdit):
    """Takes digits and a sign, which is not swallowed: -3 is not 3."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setValidator(QRegularExpressionValidator(QRegularExpression(_WHOLE), self))

    def number(self, usual: int) -> int:
        """Return the number written, `usual` where nothing is; a sign alone is less than nothing."""
        text = self.text().strip()
        return -1 if text == "-" else int(text) if text else usual

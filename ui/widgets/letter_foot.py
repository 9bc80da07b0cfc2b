"""What can be done with the letters ticked: print them, mail them, write the mails into files."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from tablet_loans.services.addressing import Concerned
from tablet_loans.text import tr, trn
from ui import words


class LetterFoot(QWidget):
    """The buttons, each with how many letters it is about."""

    ticks_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plain")
        self.said = QLabel()
        self.said.setObjectName("soft")
        self.said.setMinimumWidth(1)
        self.due, self.close_ = QPushButton(tr("Tick those due")), QPushButton(tr("Close"))
        self.files, self.send, self.print_ = QPushButton(tr("Mail files…")), QPushButton(), QPushButton()
        self.print_.setObjectName("primary")
        self.due.setToolTip(tr("Tick those of which the letter is due: the time that the last one gave is over"))
        self.files.setToolTip(tr("Write the mails as .eml files that a mail program opens and sends"))
        self.print_.setToolTip("Ctrl+P")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.said, 1)
        for button in (self.due, self.files, self.send, self.print_, self.close_):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.due.clicked.connect(self.ticks_asked)

    def show_acts(self, *, is_on: bool) -> None:
        """Show what can be done with letters, or nothing but the way out."""
        for widget in (self.due, self.files, self.send, self.print_):
            widget.setVisible(is_on)
        self.said.setText("")

    def offer(self, listed: Sequence[Concerned], ticked: Sequence[Concerned], *, is_busy: bool) -> None:
        """Say how many letters the ticked loans make, and offer what can be done with them."""
        letters = sum(row.letters for row in ticked)
        mails = sum(row.letters - row.without_email for row in ticked)
        homeless = sum(row.without_address for row in ticked)
        self.print_.setText(
            trn("Print {count} letter", "Print {count} letters", letters).format(count=words.number(letters))
            if letters
            else tr("Print the letters")
        )
        self.send.setText(
            trn("Send {count} mail…", "Send {count} mails…", mails).format(count=words.number(mails))
            if mails
            else tr("Send mails…")
        )
        self.print_.setEnabled(bool(letters) and not is_busy)
        for button in (self.send, self.files):
            button.setEnabled(bool(mails) and not is_busy)
        due = {row.loan for row in listed if row.is_due}
        self.due.setEnabled(due != {row.loan for row in ticked})
        self.said.setText(_said(len(listed), len(ticked), homeless) if listed else "")
        self.said.setToolTip(self.said.text())


def _said(listed: int, ticked: int, homeless: int) -> str:
    said = tr("{count} of {listed} ticked").format(count=words.number(ticked), listed=words.number(listed))
    handed = trn("{count} handed over by the school", "{count} handed over by the school", homeless)
    return words.joined(said, handed.format(count=words.number(homeless)) if homeless else "")

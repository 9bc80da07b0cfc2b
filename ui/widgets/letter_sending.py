"""Mails before they leave and after: to how many homes, who gets none and why, and what became of them."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.mail import QUIET_DAYS
from tablet_loans.services.mail_drafting import PER_MINUTE, How
from tablet_loans.services.mailing import MailRun
from tablet_loans.text import tr, trn
from ui import words
from ui.theme import Tone
from ui.widgets.letter_words import named
from ui.widgets.letter_work import Rehearsed
from ui.widgets.record_parts import Section, label, told_line


class LetterSending(QFrame):
    """A card: `confirmed` gives the dry run and the password, `rehearsal_asked` that another way is to be tried."""

    confirmed = Signal(object, str)
    rehearsal_asked = Signal()
    left = Signal()
    journal_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._rehearsed: Rehearsed | None = None
        self._build()
        self.attach.clicked.connect(self.rehearsal_asked)
        self.again.clicked.connect(self.rehearsal_asked)
        self.go.clicked.connect(self._on_go)
        self.password.returnPressed.connect(self._on_go)
        self.password.textChanged.connect(lambda _text: self._offer())
        self.leave.clicked.connect(self.left)
        self.journal.clicked.connect(self.journal_asked)

    def how(self, language: str) -> How:
        """Return how the mails are to go."""
        return How(language=language, is_attached=self.attach.isChecked(), is_again=self.again.isChecked())

    def begin(self) -> None:
        """Say that it is being found out who gets a mail."""
        self._rehearsed = None
        self._say(tr("Who gets a mail?"), tr("Looking at the homes and at what was sent lately…"), [])
        self._show_choices(is_on=False)
        self.journal.hide()

    def show_rehearsed(self, told: Rehearsed, homes: int) -> None:
        """Say what would leave to how many homes, and ask whether it shall."""
        self._rehearsed = told
        run, mails = told.run, len(told.run.to_send)
        said = trn("{count} mail would leave", "{count} mails would leave", mails).format(count=words.number(mails))
        about = tr("Nobody gets the same letter twice.")
        if mails:
            minutes = max(round(mails / PER_MINUTE), 1)
            about = trn(
                "{pace} a minute: about {count} minute. The counter and the other rooms go on meanwhile.",
                "{pace} a minute: about {count} minutes. The counter and the other rooms go on meanwhile.",
                minutes,
            ).format(pace=words.number(PER_MINUTE), count=words.number(minutes))
        self._say(said, about, list(_before(run, homes)))
        self._show_choices(is_on=True)
        self.again.setVisible(bool(run.doubtful) or self.again.isChecked())
        self.password.setVisible(told.needs_password and bool(mails))
        self._needs.setVisible(self.password.isVisibleTo(self))
        self.password.clear()
        self.go.setText(trn("Send {count} mail", "Send {count} mails", mails).format(count=words.number(mails)))
        self._offer()
        (self.password if told.needs_password and mails else self.go if mails else self.leave).setFocus()

    def show_sending(self) -> None:
        """Say that the mails are leaving."""
        told = tr("This window may be closed: the mails go on leaving, and it comes back if some do not arrive.")
        self._say(tr("The mails are leaving"), told, [])
        self._show_choices(is_on=False)
        self.leave.setText(tr("Back to the letters"))

    def show_sent(self, run: MailRun) -> None:
        """Say what became of the mails."""
        self._rehearsed = None
        said = trn("{count} mail was sent", "{count} mails were sent", run.sent).format(count=words.number(run.sent))
        about = tr("All is well: each one is in the journal.") if is_well(run) else tr("Some need a look:")
        self._say(said, about, list(_after(run)))
        self._show_choices(is_on=False)
        self.journal.show()
        self.leave.setText(tr("Back to the letters"))
        self.leave.setFocus()

    def _build(self) -> None:
        self.title, self.about = label("", "cardTitle", is_selectable=False), label("", "soft")
        self.lines = Section("")
        self.attach = QCheckBox(tr("With the letter as a PDF"))
        self.again = QCheckBox(tr("Also those of which it is not known whether they left"))
        self.password, self._needs = QLineEdit(), label(tr("Password of the mail server"), "soft", is_selectable=False)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName(tr("Password of the mail server"))
        self.go, self.leave, self.journal = QPushButton(), QPushButton(), QPushButton(tr("See the journal"))
        self.go.setObjectName("primary")
        for button in (self.go, self.leave, self.journal):
            button.setAutoDefault(False)
        inside = QWidget()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        for widget in (self.title, self.about, self.lines, self.attach, self.again, self._needs, self.password):
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.journal)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.addWidget(area, 1)
        layout.addLayout(foot)

    def _say(self, title: str, about: str, lines: Sequence[QWidget]) -> None:
        self.title.setText(title)
        self.about.setText(about)
        self.lines.show_lines(lines)
        self.setAccessibleName(f"{title} {about}")

    def _show_choices(self, *, is_on: bool) -> None:
        for widget in (self.attach, self.again, self._needs, self.password, self.go):
            widget.setVisible(is_on)
        self.leave.setText(tr("Not now"))
        self.leave.show()
        self.journal.hide()

    def _offer(self) -> None:
        told = self._rehearsed
        is_known = told is not None and (not told.needs_password or bool(self.password.text()))
        self.go.setEnabled(is_known and told is not None and bool(told.run.to_send))

    def _on_go(self) -> None:
        if self._rehearsed is not None and self.go.isEnabled():
            told, password = self._rehearsed, self.password.text()
            self.password.clear()
            self.confirmed.emit(told, password)


def is_well(run: MailRun) -> bool:
    """Say whether nobody must look at what became of the mails."""
    return not (run.undeliverable or run.failed or run.doubtful)


def _before(run: MailRun, homes: int) -> Iterator[QWidget]:
    loans = len({each.loan for each in run.to_send})
    about = trn("about {count} loan", "about {count} loans", loans).format(count=words.number(loans))
    count = len(run.to_send)
    to = trn("to {count} address", "to {count} addresses", count).format(count=words.number(count))
    if count:
        said = trn("{count} home with a mail address", "{count} homes with a mail address", homes)
        yield told_line(said.format(count=words.number(homes)), words.joined(to, about))
    yield from _without(run)


def _after(run: MailRun) -> Iterator[QWidget]:
    for loans, told, tone in (
        (run.undeliverable, tr("Undeliverable"), Tone.BAD),
        (run.failed, tr("Put off to the end by the server"), Tone.BAD),
        (run.doubtful, tr("Not known whether it left"), Tone.WARN),
    ):
        if loans:
            yield told_line(told, named(loans), words.number(len(loans)), tone)
    yield from _without(run, is_over=True)


def _without(run: MailRun, *, is_over: bool = False) -> Iterator[QWidget]:
    """Yield who gets no mail, and why."""
    if run.without_email:
        told = tr("Without a mail address: print their letters")
        yield told_line(told, named(run.without_email), words.number(len(run.without_email)), Tone.WARN)
    if run.not_addresses:
        told = tr("What stands there is no mail address")
        yield told_line(told, named(run.not_addresses), words.number(len(run.not_addresses)), Tone.WARN)
    if run.recent:
        told = trn("Had it within the last {count} day", "Had it within the last {count} days", QUIET_DAYS)
        yield told_line(told.format(count=words.number(QUIET_DAYS)), "", words.number(run.recent))
    if run.doubtful and not is_over:
        told = tr("Not known whether it left")
        yield told_line(told, named(run.doubtful), words.number(len(run.doubtful)), Tone.WARN)

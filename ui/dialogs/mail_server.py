"""The server that takes the mails: an administrator sets and tries it; to anybody else it says whom to ask."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.mail import MESSAGE_WORDS, MessageState, NoMailServer, Security
from tablet_loans.domain.mail import MailServer as Server
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileUnreadable, NoPlaceForSecret, reason_of
from tablet_loans.services import mail_connecting
from tablet_loans.services.mail_connecting import Connected, Tested
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr
from ui import icons, words
from ui.jobs import Answered, Call, Jobs, Lane
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.campaign_days import add_row, shape_form
from ui.widgets.choice import Choice
from ui.widgets.number_field import NumberField
from ui.widgets.record_parts import label
from ui.widgets.work import Work

_WIDE: Final = 620
_MOST_CERTIFICATES: Final = 2_000_000
_PORTS: Final = {Security.STARTTLS: 587, Security.SSL: 465, Security.NONE: 25}
_SECURITIES: Final = {
    Security.STARTTLS: N_("Encrypted (STARTTLS)"),
    Security.SSL: N_("Encrypted from the start (SSL)"),
    Security.NONE: N_("Not encrypted: a server on this computer alone"),
}


@dataclass(frozen=True, slots=True)
class _Known:
    """The server that is set, if any, and whether its password is known without asking."""

    server: Server | None
    has_password: bool


class MailServer(QDialog):
    """The fields and a test mail; `connected` tells that a server was tried and kept, `forgotten` that none is."""

    connected = Signal()
    forgotten = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._known = _Known(None, has_password=False)
        self._pem, self._file = "", Path()
        self._may = session.actor.may(Permission.ADMINISTER)
        self._is_busy = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        self._connect()
        self._read()

    def server(self) -> Server:
        """Return the server as it is written, its authorities those that were kept."""
        security = self._security()
        return Server(
            host=self.host.text().strip(),
            port=self.port.number(_PORTS[security]),
            user=self.user.text().strip(),
            sender=self.sender_.text().strip(),
            security=security,
            authority_pem=self._pem,
        )

    def choose_file(self, file: Path) -> None:
        """Trust the authorities of this file instead of the computer's."""
        self._file, self._pem = file, ""
        self._tell_authorities()

    def keep(self) -> None:
        """Try the server, and keep it when it can be used."""
        if self.go.isEnabled():
            self._begin(tr("Trying the mail server…"))
            typed = self.password.text()
            call = partial(_connected, self._session, self.server(), self._file, typed)
            self._run(call, self._on_connected)

    def _build(self) -> None:
        self.setWindowTitle(tr("Mail server"))
        title, about = QLabel(tr("Mail server")), label("", "soft")
        title.setObjectName("title")
        about.setText(tr("The server that sends the letters by mail. It is tried before it is kept."))
        self.who = label(
            tr("Only an administrator sets the mail server: ask one, or write the mails into files."), "line"
        )
        self.who.setVisible(not self._may)
        self.banner, self.strip = Banner(), Work()
        self.host, self.port, self.security = QLineEdit(), NumberField(), Choice()
        self.user, self.password, self.sender_ = QLineEdit(), QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.host.setPlaceholderText("smtp.metropole.example")
        self.sender_.setPlaceholderText("prets@metropole.example")
        self.user.setPlaceholderText(tr("None, when the server asks for none"))
        for security, said in _SECURITIES.items():
            self.security.addItem(tr(said), security)
        form = QFormLayout()
        shape_form(form)
        for name, widget in (
            (tr("Server"), self.host), (tr("Security"), self.security), (tr("Port"), self.port),
            (tr("Sender"), self.sender_), (tr("User"), self.user), (tr("Password"), self.password),
        ):  # fmt: skip
            add_row(form, name, widget)
        self.kept = label("", "notes")
        form.addRow("", self.kept)
        add_row(form, tr("Trusted authority"), self._authorities())
        add_row(form, tr("Test mail to"), self._trial())
        self.forget, self.cancel, self.go = (
            QPushButton(tr("Forget the server")), QPushButton(tr("Close")), QPushButton(tr("Test and keep")),
        )  # fmt: skip
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.forget)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.go)
        for button in (self.forget, self.cancel):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(12)
        for part in (title, about, self.who, self.banner, self.strip):
            layout.addWidget(part)
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addLayout(foot)
        self.setMinimumWidth(_WIDE)

    def _authorities(self) -> QWidget:
        self.choose, self.usual = QPushButton(), QPushButton(icons.icon("x"), "")
        self.usual.setObjectName("quiet")
        self.usual.setAccessibleName(tr("Trust the computer’s authorities"))
        self.usual.setToolTip(tr("Trust the computer’s authorities"))
        return _row(self.choose, self.usual)

    def _trial(self) -> QWidget:
        self.to, self.try_ = QLineEdit(), QPushButton(tr("Send a test mail"))
        self.to.setAccessibleName(tr("Test mail to"))
        return _row(self.to, self.try_, is_wide=True)

    def _connect(self) -> None:
        self.host.textChanged.connect(lambda _text: self._offer())
        self.sender_.textChanged.connect(lambda _text: self._offer())
        self.user.textChanged.connect(lambda _text: self._tell_password())
        self.to.textChanged.connect(lambda _text: self._offer())
        self.to.returnPressed.connect(self._on_test)
        self.security.activated.connect(lambda _place: self._offer_port())
        self.choose.clicked.connect(self._on_choose)
        self.usual.clicked.connect(lambda: self.choose_file(Path()))
        self.try_.clicked.connect(self._on_test)
        self.forget.clicked.connect(self._on_forget)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self.keep)

    def _security(self) -> Security:
        return Security(self.security.currentData())

    def _read(self) -> None:
        failed = self._on_failed
        call = partial(_known, self._session)
        self._jobs.run(call, done=self._on_known, refused=failed, failed=failed, lane=Lane.READING)

    def _on_known(self, known: _Known) -> None:
        """Show the server that is set; its password is never shown."""
        self._known = known
        if (server := known.server) is not None:
            self.host.setText(server.host)
            self.user.setText(server.user)
            self.sender_.setText(server.sender)
            self.security.setCurrentIndex(self.security.findData(server.security))
            self.port.setText(str(server.port))
            self._pem, self._file = server.authority_pem, Path()
        else:
            self._offer_port()
        self._tell_password()
        self._tell_authorities()
        self._offer()
        (self.host if self._may else self.cancel).setFocus()

    def _offer_port(self) -> None:
        self.port.setText(str(_PORTS[self._security()]))

    def _offer(self) -> None:
        """Offer what may be done: an administrator changes, anybody else reads."""
        fields = (self.host, self.port, self.security, self.user, self.sender_, self.choose, self.usual, self.to)
        for widget in fields:
            widget.setEnabled(self._may and not self._is_busy)
        self.password.setEnabled(self._may and not self._is_busy and bool(self.user.text().strip()))
        is_written = bool(self.host.text().strip() and self.sender_.text().strip())
        has_server = self._known.server is not None
        self.go.setEnabled(self._may and not self._is_busy and is_written)
        self.try_.setEnabled(self._may and not self._is_busy and has_server and bool(self.to.text().strip()))
        self.forget.setEnabled(self._may and not self._is_busy and has_server)

    def _is_kept(self) -> bool:
        server = self._known.server
        return server is not None and self._known.has_password and server.user == self.user.text().strip()

    def _tell_password(self) -> None:
        """Say where the password is, and whether it is asked for."""
        is_needed = bool(self.user.text().strip())
        self.password.setPlaceholderText(tr("Kept: write it only to change it") if self._is_kept() else "")
        if not is_needed:
            self.kept.setText(tr("Without a user, no password is asked for."))
        elif self._is_kept():
            self.kept.setText(tr("The password is in this computer’s keyring, and nowhere else."))
        elif self._known.server is not None and self._known.server.user == self.user.text().strip():
            self.kept.setText(tr("The password is not kept on this computer: it is asked for each time."))
        else:
            self.kept.setText(tr("It goes into this computer’s keyring, and nowhere else."))
        self._offer()

    def _tell_authorities(self) -> None:
        is_own = self._file != Path() or bool(self._pem)
        usual, kept = tr("The computer’s; choose a file…"), tr("An own authority, kept")
        self.choose.setText((self._file.name or kept if is_own else usual).replace("&", "&&"))
        self.usual.setVisible(is_own)

    def _on_choose(self) -> None:
        ask = QFileDialog(self, tr("Trusted authority"), "", "PEM (*.pem *.crt *.cer)")
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(QFileDialog.FileMode.ExistingFile)
        ask.fileSelected.connect(lambda chosen: self.choose_file(Path(chosen)))
        ask.open()

    def _on_test(self) -> None:
        if self.try_.isEnabled():
            self._begin(tr("Sending the test mail…"))
            typed = self.password.text()
            call = partial(mail_connecting.test, self._session, self.to.text().strip(), lambda: typed)
            self._run(call, self._on_tested)

    def _on_forget(self) -> None:
        told = tr("Forget the server and its password? Nobody can send mails until another one is set.")
        self.banner.tell(told, self._forget, tr("Forget"), Tone.WARN)

    def _forget(self) -> None:
        self._begin(tr("Forgetting the mail server…"))
        self._run(partial(mail_connecting.forget, self._session), lambda _done: self._on_forgotten())

    def _begin(self, sentence: str) -> None:
        self._is_busy = True
        self.banner.fall_silent()
        self.strip.begin(sentence, can_stop=False)
        self._offer()

    def _run(self, call: Call, done: Answered) -> None:
        failed = self._on_failed
        self._jobs.run(call, done=partial(self._on_done, done), refused=failed, failed=failed, lane=Lane.MAILS)

    def _on_done(self, then: Answered, answer: object) -> None:
        self._end()
        then(answer)

    def _end(self) -> None:
        self._is_busy = False
        self.strip.end()
        self._offer()

    def _on_failed(self, error: TabletLoansError) -> None:
        self._end()
        self.banner.say(error)

    def _on_connected(self, kept: Connected) -> None:
        """Say that the server answers, and where there is no place for its password."""
        said = tr("The mail server {host} answers: it is kept.").format(host=kept.host)
        if kept.user and not kept.is_password_kept:
            self.banner.tell(words.joined(said, NoPlaceForSecret().spoken()), tone=Tone.WARN)
        else:
            self.banner.tell(said)
        self.password.clear()
        self._read()
        self.connected.emit()

    def _on_tested(self, tested: Tested) -> None:
        is_sent = tested.state is MessageState.SENT
        said = tr("The test mail was sent.") if is_sent else tr(MESSAGE_WORDS[tested.state]).capitalize()
        self.banner.tell(words.joined(said, tested.reason), tone=Tone.ACCENT if is_sent else Tone.WARN)

    def _on_forgotten(self) -> None:
        for field in (self.host, self.user, self.sender_, self.password):
            field.clear()
        self._pem, self._file = "", Path()
        self.banner.tell(tr("No mail server is set any more."))
        self._read()
        self.forgotten.emit()


def _row(first: QWidget, second: QPushButton, *, is_wide: bool = False) -> QWidget:
    both = QWidget()
    both.setObjectName("plain")
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(first, int(is_wide))
    row.addWidget(second)
    if not is_wide:
        row.addStretch(1)
    for button in (first, second):
        if isinstance(button, QPushButton):
            button.setAutoDefault(False)
    return both


def _known(session: Session) -> _Known:
    try:
        found = mail_connecting.server(session)
    except NoMailServer:
        return _Known(None, has_password=False)
    return _Known(found, has_password=bool(found.user) and bool(mail_connecting.password(session, found, str)))


def _connected(session: Session, asked: Server, file: Path, typed: str) -> Connected:
    """Try and keep a server with the password typed, else with its own. Raises: as `mail_connecting.connect`."""
    if file != Path():
        asked = Server(asked.host, asked.port, asked.user, asked.sender, asked.security, _certificates(file))
    return mail_connecting.connect(session, asked, lambda: typed or mail_connecting.password(session, asked, str))


def _certificates(file: Path) -> str:
    """Return the certificates in a file. Raises: FileUnreadable."""
    wrong = FileUnreadable(path=file.name, reason=N_("the file of authorities holds no certificate"))
    try:
        if file.stat().st_size > _MOST_CERTIFICATES:
            raise wrong
        return file.read_text("ascii") or "\n"
    except OSError as error:
        raise FileUnreadable(path=file.name, reason=reason_of(error)) from error
    except UnicodeDecodeError as error:
        raise wrong from error

"""An administrator connects an MDM: which one, how it is reached, its key; tested before anything is kept."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.enrolment import Provider, Reach
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.trouble import FileUnreadable, MissingColumns, reason_of
from tablet_loans.services import connecting_mdm, glancing
from tablet_loans.services.connecting_mdm import MdmConnection
from tablet_loans.services.minding_mdm import Mdm
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr, trn
from ui import words
from ui.dialogs.column_choice import ColumnChoice
from ui.jobs import Jobs, Lane
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.choice import Choice
from ui.widgets.mdm_ways import WAYS, Asked
from ui.widgets.mdm_words import provider_words, said, sentence_of
from ui.widgets.record_parts import label

_WIDTH: Final = 560
_HEIGHT: Final = 720
_LONGEST_KEY: Final = 20_000


class MdmConnect(QDialog):
    """Fields by provider and one button, which tests; `connected` gives the MDM's name once it is kept."""

    connected = Signal(str)

    def __init__(self, session: Session, jobs: Jobs, known: Mdm | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._known = session, jobs, known
        self._key_text = self._name = ""
        self._columns: dict[str, str] = dict(known.columns) if known else {}
        self._naming = ColumnChoice(session, jobs, self)
        self._is_testing = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        if known is not None:
            self._show_known(known)
        self._on_provider()

    def provider(self) -> Provider:
        """Return the provider that is chosen."""
        return Provider(self.choice.currentData())

    def _build(self) -> None:
        title = tr("Connect an MDM")
        self.setWindowTitle(title)
        self.banner, self.choice = Banner(), Choice()
        for provider in Provider:
            self.choice.addItem(provider_words(provider), provider.value)
        self.choice.setAccessibleName(tr("Which MDM"))
        self.choice.currentIndexChanged.connect(lambda _place: self._on_provider())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(label(title, "title", is_selectable=False))
        layout.addWidget(self.banner)
        layout.addWidget(self._form(), 1)
        layout.addLayout(self._buttons())
        parent, wanted = self.parentWidget(), QSize(_WIDTH, _HEIGHT)
        self.resize(wanted if parent is None else wanted.boundedTo(parent.window().size()))

    def _form(self) -> QScrollArea:
        inside, scroll = QWidget(), QScrollArea()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(2, 2, 12, 2)
        column.setSpacing(12)
        self.name, self.address, self.account, self.tenant = (QLineEdit() for _ in range(4))
        self.key, self.proxy, self.ca = (QLineEdit() for _ in range(3))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setMaxLength(_LONGEST_KEY)
        self.key_file, self.file = QPushButton(tr("Choose the key’s file…")), QPushButton(tr("Choose the file…"))
        self.key_file.clicked.connect(self._ask_key_file)
        self.file.clicked.connect(partial(self._ask_path, self.address))
        self.ca_file = QPushButton(tr("Choose the file…"))
        self.ca_file.clicked.connect(partial(self._ask_path, self.ca))
        self.named, self.columns = QLineEdit(), QPushButton(tr("Name the columns…"))
        self.named.setReadOnly(True)
        self.named.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.named.setPlaceholderText(tr("known by their titles"))
        self.columns.clicked.connect(self._ask_columns)
        self._lines = {
            "provider": _Line(self.choice), "name": _Line(self.name), "address": _Line(self.address, self.file),
            "account": _Line(self.account), "tenant": _Line(self.tenant), "key": _Line(self.key, self.key_file),
            "columns": _Line(self.named, self.columns), "proxy": _Line(self.proxy), "ca": _Line(self.ca, self.ca_file),
        }  # fmt: skip
        self._lines["provider"].say(tr("Which MDM"))
        self._lines["name"].say(tr("Name here"), tr("as lists call it; its own where this is empty"))
        self._lines["columns"].say(tr("Columns of the file"))
        self._lines["proxy"].say(tr("Proxy"), tr("only where the network asks for one: http://proxy:3128"))
        self._lines["ca"].say(tr("Certificates to trust"), tr("only behind a filtering proxy: its .pem file"))
        for line in self._lines.values():
            column.addWidget(line)
        column.addStretch(1)
        self.address.textChanged.connect(lambda _text: self._name_columns({}))
        self._naming.decided.connect(self._on_columns)
        self._naming.failed.connect(self._on_failed)
        for field in (self.address, self.account, self.tenant, self.key):
            field.textChanged.connect(lambda _text: self._offer())
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    def _buttons(self) -> QHBoxLayout:
        self.leave, self.go = QPushButton(tr("Cancel")), QPushButton(tr("Test and connect"))
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._on_go)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.go)
        return row

    def _show_known(self, known: Mdm) -> None:
        """Show how an MDM is reached; its key is never shown again."""
        self.choice.setCurrentIndex(self.choice.findData(known.provider.value))
        self.choice.setEnabled(False)
        self.name.setText(known.name)
        self.name.setEnabled(False)
        for field, text in (
            (self.address, known.reach.address), (self.account, known.reach.account),
            (self.tenant, known.reach.tenant), (self.proxy, known.reach.proxy), (self.ca, known.reach.ca_file),
        ):  # fmt: skip
            field.setText(text)
        self._name_columns(known.columns)

    def _on_provider(self) -> None:
        """Ask for what this provider needs, and no more."""
        way, is_file = WAYS[self.provider()], self.provider() is Provider.FILE
        self._key_text = ""
        self.key.clear()
        for name, asked in (
            ("address", way.address), ("account", way.account), ("tenant", way.tenant), ("key", way.key),
        ):  # fmt: skip
            self._lines[name].ask(asked)
        self.file.setVisible(is_file)
        self.key_file.setVisible(way.is_key_file)
        self.key.setReadOnly(way.is_key_file)
        for name in ("proxy", "ca"):
            self._lines[name].setVisible(not is_file)
        self._lines["columns"].setVisible(is_file)
        self.name.setPlaceholderText(provider_words(self.provider()))
        self._offer()

    def _offer(self) -> None:
        """Let it be tested once all that is asked for is written."""
        way = WAYS[self.provider()]
        asked = ((way.address, self.address), (way.account, self.account), (way.tenant, self.tenant),
                 (way.key, self.key))  # fmt: skip
        is_whole = all(field.text().strip() for needed, field in asked if needed is not None)
        self.go.setEnabled(is_whole and not self._is_testing)
        self.columns.setEnabled(self.go.isEnabled())

    def _ask_columns(self) -> None:
        self._naming.ask(glancing.MDM, Path(self.address.text().strip()).expanduser())

    def _on_columns(self, named: Mapping[str, str]) -> None:
        self.banner.fall_silent()
        self._name_columns(named)
        self.go.setFocus()

    def _name_columns(self, named: Mapping[str, str]) -> None:
        """Take the columns that a person named; without them, each is known by its title."""
        self._columns = dict(named)
        self.named.setText(", ".join(named))

    def _ask_path(self, field: QLineEdit) -> None:
        ask = QFileDialog(self, tr("Choose the file"))
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(QFileDialog.FileMode.ExistingFile)
        ask.fileSelected.connect(field.setText)
        ask.open()

    def _ask_key_file(self) -> None:
        ask = QFileDialog(self, tr("Choose the key’s file"))
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(QFileDialog.FileMode.ExistingFile)
        ask.fileSelected.connect(lambda chosen: self.take_key_file(Path(chosen)))
        ask.open()

    def take_key_file(self, path: Path) -> None:
        """Take the key that a file holds; the field shows dots, the file stays where it is."""
        try:
            with path.open(encoding="utf-8") as file:
                self._key_text = file.read(_LONGEST_KEY)
        except (OSError, UnicodeDecodeError) as error:
            reason = reason_of(error) if isinstance(error, OSError) else tr("it is not text")
            self.banner.say(FileUnreadable(path=path.name, reason=reason))
            return
        self.key.setText("•" * 12)

    def _on_go(self) -> None:
        provider, way = self.provider(), WAYS[self.provider()]
        key = self._key_text if way.is_key_file else self.key.text().strip()
        fields = (self.address, self.account, self.tenant, self.proxy, self.ca)
        address, account, tenant, proxy, ca_file = (field.text().strip() for field in fields)
        reach = Reach(address, account, tenant, proxy, ca_file)
        name = self.name.text().strip() or provider_words(provider)
        self._is_testing = True
        self._offer()
        self.banner.tell(tr("Testing the connection…"))
        self._jobs.run(
            partial(
                connecting_mdm.connect, self._session, provider, reach, name=name, ask=partial(_typed, key),
                columns=self._columns if provider is Provider.FILE else None,
            ),
            done=self._on_done,
            refused=self._on_failed,
            failed=self._on_failed,
            lane=Lane.BACKGROUND,
        )  # fmt: skip

    def _on_done(self, receipt: Receipt[MdmConnection]) -> None:
        """Say what the test found; the key is forgotten here."""
        made = receipt.value
        self.key.clear()
        self._key_text, self._is_testing, self._name = "", False, made.account.name
        parts = [tr("{mdm} answers.").format(mdm=made.account.name)]
        if made.found.devices is not None:
            counted = trn("It tells of {count} device.", "It tells of {count} devices.", made.found.devices)
            parts.append(counted.format(count=words.number(made.found.devices)))
        if made.found.missing:
            lacking = tr("The account lacks: {rights}. Give it there; without, some acts are refused.")
            parts.append(lacking.format(rights=", ".join(made.found.missing)))
        if not made.is_key_kept and self.provider() is not Provider.FILE:
            parts.append(tr("This computer has no safe keyring: the key is kept nowhere, and asked each time."))
        tone = Tone.WARN if made.found.missing else Tone.OK
        self.banner.tell(" ".join(parts), tone=tone)
        for line in self._lines.values():
            line.setEnabled(False)
        self.leave.setText(tr("Close"))
        self.go.setText(tr("Synchronise"))
        self.go.clicked.disconnect()
        self.go.clicked.connect(self._on_sync)
        self.go.setEnabled(True)
        self.go.setFocus()

    def _on_sync(self) -> None:
        self.accept()
        self.connected.emit(self._name)

    def _on_failed(self, error: TabletLoansError) -> None:
        self._is_testing = False
        if isinstance(error, MissingColumns):
            self.banner.tell(sentence_of(error), self._ask_columns, tr("Name the columns…"), Tone.WARN)
            self._ask_columns()
        else:
            self.banner.tell(said(error), tone=Tone.BAD)
        self._offer()


def _typed(key: str, _name: str) -> str:
    return key


class _Line(QWidget):
    """A field under its name, with where it is found beneath, and perhaps a button at its right."""

    def __init__(self, field: QWidget, button: QPushButton | None = None) -> None:
        super().__init__()
        self._field, self._title, self._where = field, QLabel(), label("", "notes", is_selectable=False)
        self._title.setObjectName("soft")
        self._title.setBuddy(field)
        row, column = QHBoxLayout(), QVBoxLayout(self)
        row.addWidget(field, 1)
        if button is not None:
            button.setAutoDefault(False)
            row.addWidget(button)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addLayout(row)
        column.addWidget(self._where)

    def say(self, title: str, where: str = "") -> None:
        """Name the field, and say where it is found."""
        self._title.setText(title)
        self._where.setText(where)
        self._where.setVisible(bool(where))
        self._field.setAccessibleName(title)
        self._field.setAccessibleDescription(where)

    def ask(self, asked: Asked | None) -> None:
        """Ask for this, or for nothing."""
        self.setVisible(asked is not None)
        if asked is not None:
            self.say(tr(asked.title), tr(asked.where))

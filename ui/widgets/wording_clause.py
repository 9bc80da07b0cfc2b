"""One clause to be written: its title, its text, the fields it may name, and why it cannot be printed."""

from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextDocumentLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.clause import FIELDS, LONGEST_TITLE, Clause, Group
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.text import tr
from ui import icons
from ui.widgets.banner import Banner
from ui.widgets.record_parts import label
from ui.widgets.wording_text import FieldColours, WordingText, text_of

_MARGIN: Final = 9


class WordingClause(QWidget):
    """The clause shown; `typed` gives it at each change, `usual_asked` that its usual text is wanted.

    Each clause keeps what can be undone in it, until another wording is shown.
    """

    typed = Signal(object)
    usual_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._group: Group | None = None
        self._documents: dict[Group, QTextDocument] = {}
        self._build()
        self._seen = self._document("")
        self.title.textChanged.connect(lambda _text: self._on_typed())

    def show_clause(self, clause: Clause, *, is_read_only: bool = False) -> None:
        """Show a clause, to be written unless it `is_read_only`."""
        self._group = None
        self.title.setText(clause.title)
        self.title.setCursorPosition(0)
        if is_read_only:
            self._seen.setPlainText(clause.text)
        document = self._seen if is_read_only else self._document_of(clause)
        if self.text.document() is not document:
            self.text.setDocument(document)
        for field in (self.title, self.text):
            field.setReadOnly(is_read_only)
        self.insert.setEnabled(not is_read_only)
        self._group = None if is_read_only else clause.group

    def put(self, before: Clause, clause: Clause) -> None:
        """Write a clause in the place of the one `before`; its text can be undone."""
        document = self._document_of(before)
        is_shown, self._group = self._group is clause.group, None
        cursor = QTextCursor(document)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(clause.text)
        if is_shown:
            self.title.selectAll()
            self.title.insert(clause.title)
            self.title.setCursorPosition(0)
            self._group = clause.group

    def forget(self) -> None:
        """Let go of what could be undone: another wording comes."""
        self._group = None
        self.text.setDocument(self._seen)
        for document in self._documents.values():
            document.deleteLater()
        self._documents.clear()

    def refuse(self, error: TabletLoansError | None) -> None:
        """Say why the clause cannot be printed, or that it can."""
        if error is None:
            self.banner.fall_silent()
        else:
            self.banner.say(error)

    def _build(self) -> None:
        self.title, self.text, self.banner = QLineEdit(), WordingText(), Banner()
        self.title.setMaxLength(LONGEST_TITLE)
        self.title.setAccessibleName(tr("Title of the clause"))
        self.insert, self.usual = QPushButton(tr("Insert a field")), QPushButton(tr("Usual text"))
        self.insert.setIcon(icons.icon("brackets-curly"))
        self.insert.setMenu(self._fields())
        self.usual.setToolTip(tr("Write the usual text of this clause again"))
        self.usual.clicked.connect(self.usual_asked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.insert)
        row.addStretch(1)
        row.addWidget(self.usual)
        for button in (self.insert, self.usual):
            button.setAutoDefault(False)
        hint = tr("Type {key} for the fields. What stands between [ and ] is left out when a field in it is empty.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self.title, self.text):
            layout.addWidget(widget)
        layout.addWidget(self.banner)
        layout.addLayout(row)
        layout.addWidget(label(hint.format(key="{"), "notes", is_selectable=False))

    def _fields(self) -> QMenu:
        menu = QMenu(self.insert)
        for name, said in FIELDS.items():
            menu.addAction(f"{tr(said)}\t{{{name}}}", partial(self.text.insert_field, name))
        menu.addSeparator()
        menu.addAction(f"{tr('left out when empty')}\t[…]", self.text.make_optional)
        return menu

    def _document_of(self, clause: Clause) -> QTextDocument:
        if clause.group not in self._documents:
            made = self._documents[clause.group] = self._document(clause.text)
            made.contentsChanged.connect(partial(self._on_document, clause.group))
        document = self._documents[clause.group]
        if text_of(document).strip() != clause.text:  # kept otherwise at another station
            document.setPlainText(clause.text)
        return document

    def _document(self, text: str) -> QTextDocument:
        made = QTextDocument(self)
        made.setDocumentLayout(QPlainTextDocumentLayout(made))
        made.setDefaultFont(self.text.font())
        made.setDocumentMargin(_MARGIN)
        with QSignalBlocker(made):
            made.setPlainText(text)
        made.setModified(False)
        FieldColours(made)
        return made

    def _on_document(self, group: Group) -> None:
        if group is self._group:
            self._on_typed()

    def _on_typed(self) -> None:
        if self._group is not None:
            self.typed.emit(Clause(self._group, self.title.text(), text_of(self.text.document())))

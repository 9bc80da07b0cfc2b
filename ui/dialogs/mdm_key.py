"""The key of an MDM, asked where no keyring keeps it: used once, shown to nobody."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tablet_loans.text import tr
from ui.widgets.record_parts import label

_WIDTH = 440


class MdmKey(QDialog):
    """One field; `given` gives what was typed."""

    given = Signal(str)

    def __init__(self, mdm: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Key of {mdm}").format(mdm=mdm)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self.field, self.go, cancel = QLineEdit(), QPushButton(tr("Go on")), QPushButton(tr("Cancel"))
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(title)
        self.field.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._on_go)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        why = tr("This computer has no safe keyring: the key is kept nowhere, and asked each time.")
        buttons, layout = QHBoxLayout(), QVBoxLayout(self)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        for widget in (label(title, "title", is_selectable=False), label(why, "soft"), self.field):
            layout.addWidget(widget)
        layout.addLayout(buttons)

    def _on_go(self) -> None:
        key = self.field.text().strip()
        self.field.clear()
        self.accept()
        self.given.emit(key)

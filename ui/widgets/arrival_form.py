"""What is said once of a delivery: the model, its purchase, its depot, and how its tablets are scanned."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QGridLayout, QLabel, QLineEdit, QWidget

from tablet_loans.domain.arrival import (
    CODE_WORDS,
    LABEL_WORDS,
    Arrival,
    Codes,
    Labels,
    NoModel,
    Way,
    day,
    price_cents,
)
from tablet_loans.domain.device import KIND_WORDS, DeviceKind
from tablet_loans.services.recording import Shelves
from tablet_loans.text import N_, tr
from ui.widgets.choice import Choice
from ui.widgets.device_words import capital

_NEW: Final = "new"
_LONGEST: Final = {
    "maker": 80, "name": 160, "kit": 400, "supplier": 255, "invoice": 80, "mandate": 80, "account": 20,
    "purchased_on": 10, "price": 16, "depot": 80,
}  # fmt: skip
_TITLES: Final = {
    "model": N_("Model"), "kind": N_("Kind"), "maker": N_("Maker"), "name": N_("Name of the model"),
    "kit": N_("Accessories"), "labels": N_("Labels"), "codes": N_("Codes to scan"), "supplier": N_("Supplier"),
    "invoice": N_("Invoice"), "mandate": N_("Mandate"), "account": N_("Account"),
    "purchased_on": N_("Purchased on"), "price": N_("Price incl. tax"), "depot": N_("Depot"),
}  # fmt: skip
_HINTS: Final = {
    "kit": N_("Charger, Cover"), "account": "21831", "purchased_on": N_("dd/mm/yyyy"), "price": "189,50",
    "depot": N_("Name of the depot"),
}  # fmt: skip
_OF_NEW: Final = ("kind", "maker", "name", "kit")
_LEFT: Final = ("model", *_OF_NEW, "labels", "codes")
_RIGHT: Final = ("depot", "supplier", "invoice", "purchased_on", "price", "mandate", "account")


class ArrivalForm(QWidget):
    """Two columns of fields; a model that is here already needs its name alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelves: Shelves | None = None
        self._kept_model = ""
        self.choices = {name: Choice() for name in ("model", "kind", "labels", "codes")}
        self.fields = {name: QLineEdit(maxLength=longest) for name, longest in _LONGEST.items()}
        self._labels: dict[str, QLabel] = {}
        for name, words in (("kind", KIND_WORDS), ("labels", LABEL_WORDS), ("codes", CODE_WORDS)):
            for value, said in words.items():
                self.choices[name].addItem(capital(tr(said)), str(value))
        self.choices["model"].addItem(tr("New model…"), _NEW)
        self.choices["model"].currentIndexChanged.connect(lambda _place: self._on_model())
        grid = QGridLayout(self)
        grid.setContentsMargins(4, 4, 12, 4)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        for column, names in ((0, _LEFT), (3, _RIGHT)):
            grid.setColumnStretch(column + 1, 1)
            for row, name in enumerate(names):
                self._put(grid, row, column, name)
        grid.setColumnMinimumWidth(2, 14)
        grid.setRowStretch(len(_LEFT), 1)
        self._on_model()

    def _put(self, grid: QGridLayout, row: int, column: int, name: str) -> None:
        title = QLabel(tr(_TITLES[name]))
        title.setObjectName("soft")
        widget: QWidget = self.choices[name] if name in self.choices else self.fields[name]
        widget.setAccessibleName(tr(_TITLES[name]))
        widget.setMinimumWidth(150)
        title.setBuddy(widget)
        if name in _HINTS:
            self.fields[name].setPlaceholderText(tr(_HINTS[name]))
        grid.addWidget(title, row, column, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(widget, row, column + 1)
        self._labels[name] = title

    def know(self, shelves: Shelves) -> None:
        """Take in the models and depots that are here; the model of the last time is chosen again."""
        self._shelves = shelves
        models = self.choices["model"]
        for model in shelves.models:
            models.addItem(f"{model.maker} {model.name}".strip(), str(model.id))
        place = models.findText(self._kept_model) if self._kept_model else -1
        models.setCurrentIndex(place if place >= 0 else min(models.count() - 1, 1))
        completer = QCompleter(QStringListModel(list(shelves.depots), self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.fields["depot"].setCompleter(completer)

    def arrival(self) -> Arrival:
        """Return what is said. Raises: NoModel, NotADate, NotAPrice."""
        said = {name: " ".join(field.text().split()) for name, field in self.fields.items()}
        kind, maker, name, gtin, kit = self._model(said)
        if not name:
            raise NoModel()
        return Arrival(
            name, maker, kind, gtin, kit, said["supplier"], said["invoice"], said["mandate"], said["account"],
            day(said["purchased_on"]), price_cents(said["price"]), said["depot"],
        )  # fmt: skip

    def way(self, prefix: str) -> Way:
        """Return how the tablets are scanned."""
        labels, codes = (self.choices[name].currentData() for name in ("labels", "codes"))
        return Way(Labels(labels), Codes(codes), prefix)

    def kept(self) -> dict[str, str]:
        """Return what is remembered for the next delivery."""
        kept = {name: field.text() for name, field in self.fields.items()}
        return kept | {
            "model": self.choices["model"].currentText(),
            **{name: str(self.choices[name].currentData()) for name in ("kind", "labels", "codes")},
        }

    def recall(self, kept: Mapping[str, Any]) -> None:
        """Take up what was said the last time."""
        self._kept_model = str(kept.get("model", ""))
        for name, field in self.fields.items():
            field.setText(str(kept.get(name, "")))
        for name in ("kind", "labels", "codes"):
            self.choices[name].setCurrentIndex(max(self.choices[name].findData(kept.get(name)), 0))

    def _model(self, said: Mapping[str, str]) -> tuple[DeviceKind, str, str, str, tuple[str, ...]]:
        known = self._shelves.models if self._shelves else ()
        wanted = self.choices["model"].currentData()
        for model in known:
            if str(model.id) == wanted:
                return DeviceKind(model.kind), model.maker, model.name, model.gtin, model.kit
        kit = tuple(item.strip() for item in said["kit"].replace(";", ",").split(",") if item.strip())
        return DeviceKind(self.choices["kind"].currentData()), said["maker"], said["name"], "", kit

    def _on_model(self) -> None:
        is_new = self.choices["model"].currentData() == _NEW
        for name in _OF_NEW:
            widget: QWidget = self.choices[name] if name in self.choices else self.fields[name]
            for each in (self._labels.get(name), widget):
                if each is not None:
                    each.setVisible(is_new)

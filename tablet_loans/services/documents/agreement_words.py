"""The words of the agreement around its clauses, in each language in which the clauses are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tablet_loans.domain.agreement import Signing
from tablet_loans.domain.device import Condition, DeviceKind
from tablet_loans.services.documents.dates import in_english, in_words

_SPACE: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Labels:
    """What an agreement says of each place on it."""

    code: str
    title: str
    subject: str
    parties: str
    rows: tuple[str, ...]
    device: str
    kind: str
    tag: str
    model: str
    serial: str
    value: str
    state: str
    kit: str
    no_kit: str
    label_place: str
    dates: str
    lent_on: str
    due_on: str
    checked: tuple[str, ...]
    out: str
    back: str
    states: tuple[str, ...]
    dated: str
    signed_at: str
    signed_on: str
    approved: str
    signers: Mapping[Signing, tuple[str, ...]]
    received: str
    of_age: str
    page: str
    kinds: Mapping[str, str]
    conditions: Mapping[str, str]
    day: Callable[[date], str]
    money: Callable[[int], str]


def _euros(cents: int) -> str:
    return f"{cents / 100:,.2f}".replace(",", _SPACE).replace(".", ",") + f"{_SPACE}€"


FRENCH: Final = Labels(
    code="fr-FR",
    title="Convention de prêt",
    subject="Prêt de matériel numérique",
    parties="Les parties",
    rows=(
        "Collectivité", "Établissement", "Élève", "Classe", "Responsable légal", "Adresse", "Téléphone, courriel",
    ),
    device="L’appareil",
    kind="Désignation",
    tag="Étiquette",
    model="Modèle",
    serial="Numéro de série",
    value="Valeur",
    state="État à la remise",
    kit="Accessoires remis",
    no_kit="aucun",
    label_place="Étiquette de la tablette, collée ou recopiée",
    dates="Les dates",
    lent_on="Prêté le",
    due_on="À rendre le",
    checked=(
        "Écran", "Coque, boutons et prises", "Charge et batterie", "Accessoires", "Étiquette d’inventaire",
        "Contenu effacé, compte personnel retiré",
    ),
    out="À la remise",
    back="Au retour",
    states=("bon", "usé", "abîmé"),
    dated="Date et signatures",
    signed_at="Fait à",
    signed_on="le",
    approved="Écrire «\u00a0lu et approuvé\u00a0», puis signer",
    signers={
        Signing.GUARDIAN: ("L’élève", "Le responsable légal", "La collectivité ou l’établissement"),
        Signing.TWO_GUARDIANS: (
            "L’élève", "Premier responsable légal", "Second responsable légal", "La collectivité ou l’établissement",
        ),
        Signing.PUPIL: ("L’élève, majeur", "La collectivité ou l’établissement"),
        Signing.INSTITUTION: ("L’élève", "L’institution qui en a la charge", "La collectivité ou l’établissement"),
    },
    received="Reçu le, par (nom et signature)",
    of_age="élève majeur, qui signe en son nom",
    page="Page {number} sur {pages}",
    kinds={
        DeviceKind.TABLET: "Tablette",
        DeviceKind.LAPTOP: "Ordinateur portable",
        DeviceKind.KEY_4G: "Clé 4G",
    },
    conditions={Condition.GOOD: "bon", Condition.WORN: "usé", Condition.DAMAGED: "abîmé"},
    day=in_words,
    money=_euros,
)  # fmt: skip

ENGLISH: Final = Labels(
    code="en-GB",
    title="Loan agreement",
    subject="Loan of digital equipment",
    parties="The parties",
    rows=("Authority", "School", "Pupil", "Class", "Legal guardian", "Address", "Telephone, e-mail"),
    device="The device",
    kind="Kind",
    tag="Inventory number",
    model="Model",
    serial="Serial number",
    value="Value",
    state="Condition given",
    kit="Accessories given",
    no_kit="none",
    label_place="The tablet’s label, stuck on or copied",
    dates="The dates",
    lent_on="Lent on",
    due_on="To return by",
    checked=(
        "Screen", "Shell, buttons and sockets", "Charging and battery", "Accessories", "Inventory label",
        "Content erased, personal account removed",
    ),
    out="At hand-over",
    back="On return",
    states=("good", "worn", "damaged"),
    dated="Date and signatures",
    signed_at="Done at",
    signed_on="on",
    approved="Write “read and approved”, then sign",
    signers={
        Signing.GUARDIAN: ("The pupil", "The legal guardian", "The authority or the school"),
        Signing.TWO_GUARDIANS: (
            "The pupil", "First legal guardian", "Second legal guardian", "The authority or the school",
        ),
        Signing.PUPIL: ("The pupil, of age", "The authority or the school"),
        Signing.INSTITUTION: ("The pupil", "The institution in charge", "The authority or the school"),
    },
    received="Received on, by (name and signature)",
    of_age="pupil of age, who signs alone",
    page="Page {number} of {pages}",
    kinds={DeviceKind.TABLET: "Tablet", DeviceKind.LAPTOP: "Laptop", DeviceKind.KEY_4G: "4G key"},
    conditions={Condition.GOOD: "good", Condition.WORN: "worn", Condition.DAMAGED: "damaged"},
    day=in_english,
    money=lambda cents: f"€{cents / 100:,.2f}",
)  # fmt: skip

_LABELS: Final[Mapping[str, Labels]] = {"fr": FRENCH, "en": ENGLISH}


def labels_in(language: str) -> Labels:
    """Return the words in a language, the French ones where the clauses alone are translated."""
    return _LABELS.get(language, FRENCH)

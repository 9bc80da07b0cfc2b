"""AAF deliveries as an academy writes them, with fictional people."""

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from tests.files import siecle

SCHOOL = ("4101", "0690142E")
OTHER = ("4102", "0690026D")
_HEAD = '<?xml version="1.0" encoding="ISO-8859-15"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'


def request(category: str, number: str, values: Mapping[str, str | Sequence[str]], kind: str = "addRequest") -> str:
    """Return one record; an attribute has one value or several."""
    which = "categorieStructure" if category == "EtabEducNat" else "categoriePersonne"
    attributes = "\n".join(
        f'<attr name="{name}">{"".join(f"<value>{escape(each)}</value>" for each in _several(said))}</attr>'
        for name, said in values.items()
    )
    return (
        f'<{kind}>\n<operationalAttributes><attr name="{which}"><value>{category}</value></attr>'
        f"</operationalAttributes>\n<identifier><id>{number}</id></identifier>\n"
        f"<attributes>\n{attributes}\n</attributes>\n</{kind}>"
    )


def _several(said: str | Sequence[str]) -> Sequence[str]:
    return (said,) if isinstance(said, str) else said


def school(number: str, code: str) -> str:
    """Return a school's record."""
    return request("EtabEducNat", number, {"ENTStructureJointure": number, "ENTStructureUAI": code})


def pupil(
    number: str,
    family_name: str,
    given_name: str,
    structure: str,
    class_name: str,
    *,
    local_number: str = "",
    links: Sequence[str] = (),
    **more: str | Sequence[str],
) -> str:
    """Return a pupil's record."""
    return request("Eleve", number, {
        "ENTPersonJointure": number, "ENTEleveStructRattachId": local_number, "sn": family_name,
        "givenName": given_name, "ENTPersonDateNaissance": "06/06/2008", "ENTEleveVilleNaissance": "Secretville",
        "ENTPersonStructRattach": structure, "ENTEleveClasses": ("9$9 X", f"{structure}${class_name}"),
        "ENTElevePersRelEleve": links, **more,
    })  # fmt: skip


def person(number: str, family_name: str, **more: str) -> str:
    """Return a guardian's record."""
    return request("PersRelEleve", number, {
        "ENTPersonJointure": number, "sn": family_name, "givenName": "Ada", "personalTitle": "Mme",
        "ENTPersonAdresse": "1 rue des Iris$Bât. C", "ENTPersonCodePostal": "69100",
        "ENTPersonVille": "VILLEURBANNE", **more,
    })  # fmt: skip


def delivery(files: Mapping[str, Iterable[str]], *, kind: str = "Complet") -> bytes:
    """Return the zip of a delivery: what each of its files holds, by the name of its kind and number."""
    documents = [
        (f"ENT2D_{kind}_20200410_{name}.xml", f"{_HEAD}<ficAlimMENESR>\n{chr(10).join(records)}\n</ficAlimMENESR>")
        for name, records in files.items()
    ]
    content = [(name, text.encode("iso-8859-15")) for name, text in documents]
    return siecle.zipped(("ficAlimMENESR.dtd", b"<!ELEMENT value (#PCDATA)>"), *content)

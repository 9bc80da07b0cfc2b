"""One sound file of each format that is imported: what the spoilt ones are made from."""

from tests import files
from tests.files import aaf, oneroster, siecle

IRIS, LILAS = oneroster.IRIS, oneroster.LILAS

_PRONOTE = (
    "Nom;Prénom;Né(e) le;Prénom d'usage;Sexe;Classe;Allergies\r\nŒUVRARD;Zoé;17/08/2010;;G;5E B;\r\n"
    "KAYA;Emre;01/02/2011;;F;6E A;arachides\r\n"
).encode()
_BARE = "Nom et prénom,Classe,Tél\nDUPONT Zoé,5e B,06 12 34 56 78\nEmre KAYA,5e B,\n".encode("cp1252")
_WITH_UAI = b"UAI\tNom\tPrenom\tINE\n0690142E\tKaya\tEmre\t012345678AB\n0690026D\tOury\tZoe\t1234567890A\n"
_PUPIL_ROWS = (("Nom", "Prénom", "Date de naissance", "INE", "Division"), ("Kaya", "Emre", "01/02/2011", "", "61"))

_SIECLE_PUPILS = """<?xml version="1.0" encoding="ISO-8859-15"?>
<BEE_ELEVES VERSION="2.1"><PARAMETRES><UAJ>0690142E</UAJ><ANNEE_SCOLAIRE>2025</ANNEE_SCOLAIRE></PARAMETRES><DONNEES>
<ELEVES><ELEVE ELEVE_ID="11" ELENOET="5"><ID_NATIONAL>012345678AB</ID_NATIONAL><NOM_DE_FAMILLE>ŒUVRARD</NOM_DE_FAMILLE>
<PRENOM>Zoé</PRENOM><DATE_NAISS>17/08/2010</DATE_NAISS><CODE_MEF>1001000B11A</CODE_MEF></ELEVE>
<ELEVE ELEVE_ID="12"><NOM_DE_FAMILLE>KAYA</NOM_DE_FAMILLE><PRENOM>Emre</PRENOM></ELEVE></ELEVES><STRUCTURES>
<STRUCTURES_ELEVE ELEVE_ID="11"><STRUCTURE><CODE_STRUCTURE>5E B</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE>
</STRUCTURE></STRUCTURES_ELEVE></STRUCTURES></DONNEES></BEE_ELEVES>
""".encode("iso-8859-15")
_SIECLE_GUARDIANS = """<?xml version="1.0" encoding="ISO-8859-15"?>
<BEE_RESPONSABLES VERSION="2.1"><PARAMETRES><UAJ>0690142E</UAJ></PARAMETRES><DONNEES><RESPONSABLES><RESPONSABLE_ELEVE>
<ELEVE_ID>11</ELEVE_ID><PERSONNE_ID>7</PERSONNE_ID><NIVEAU_RESPONSABILITE>1</NIVEAU_RESPONSABILITE>
<CODE_PARENTE>10</CODE_PARENTE></RESPONSABLE_ELEVE></RESPONSABLES><PERSONNES><PERSONNE PERSONNE_ID="7">
<NOM_DE_FAMILLE>ŒUVRARD</NOM_DE_FAMILLE><PRENOM>Hélène</PRENOM><TEL_PORTABLE>0612345678</TEL_PORTABLE>
<ADRESSE_ID>3</ADRESSE_ID></PERSONNE></PERSONNES><ADRESSES><ADRESSE ADRESSE_ID="3"><LIGNE1_ADRESSE>3 rue des Lilas
</LIGNE1_ADRESSE><CODE_POSTAL>69100</CODE_POSTAL></ADRESSE></ADRESSES></DONNEES></BEE_RESPONSABLES>
""".encode("iso-8859-15")
_ANSWERS = (
    "INE;Nom;Prénom;Classe;Équipement;4G;Prioritaire;Date\n012345678AB;;;;rien;oui;;10/04/2026\n"
    ";Kaya;Emre;6E A;téléphone;;x;\n;Dupont;Zoé;;partagé;;;\n"
).encode()
_ANSWER_ROWS = (("Nom et prénom", "Équipement"), ("KAYA Emre", "Rien"), ("DUPONT Zoé", "Oui"))
_GUARDIAN_LIST = (
    "Élève;Classe;Nom responsable;Prénom responsable;Tél\nKAYA Emre;6E A;Kaya;Ali;0612345678\n"
    "KAYA Ada;6E A;Kaya;Ali;0612345678\n"
).encode()
_DEVICE_ROWS = (("N° de série", "IMEI", "Modèle", "Prix"), ("R52M0000001", "490154203237518", "Tab A8", "170,59"))

_AAF = aaf.delivery({
    "EtabEducNat_0000": [aaf.school(*aaf.SCHOOL)],
    "Eleve_0000": [
        aaf.pupil("11", "Kaya", "Emre", aaf.SCHOOL[0], "6E A", local_number="101", links=("7$1$1$1$1$1",)),
        aaf.pupil("12", "Oury", "Zoé", aaf.SCHOOL[0], "5E B"),
    ],
    "PersRelEleve_0000": [aaf.person("7", "Kaya")],
})  # fmt: skip

PUPILS = [
    files.ONDE.read_bytes(), files.BE1D.read_bytes(), _PRONOTE, _BARE, _WITH_UAI, files.xlsx(*_PUPIL_ROWS),
    files.ods(*_PUPIL_ROWS), oneroster.oneroster("1.1"), oneroster.oneroster("1.2", mode="delta"), _SIECLE_PUPILS,
    siecle.zipped(("ElevesSansAdresses.xml", siecle.pupils_xml(siecle.many(5)))), _AAF,
]  # fmt: skip
GUARDIANS = [
    files.GUARDIANS.read_bytes(), _GUARDIAN_LIST, oneroster.oneroster("1.1"), oneroster.oneroster("1.2"),
    _SIECLE_GUARDIANS, _AAF,
]  # fmt: skip
ANSWERS = [_ANSWERS, files.xlsx(*_ANSWER_ROWS), files.ods(*_ANSWER_ROWS)]
DEVICES = [files.DELIVERY.read_bytes(), files.xlsx(*_DEVICE_ROWS), files.ods(*_DEVICE_ROWS)]
SCHOOLS = [files.DIRECTORY.read_bytes(), files.xlsx(("UAI", "Nom"), ("0690142E", "Collège Les Iris"))]

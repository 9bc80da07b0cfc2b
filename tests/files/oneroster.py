"""OneRoster zips of both versions, as a small network of schools would make them."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

Rows = Sequence[Mapping[str, str]]

_HEADERS = {
    "manifest.csv": "propertyName,value",
    "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "classes.csv": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "enrollments.csv": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate",
    "roles.csv": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId",
}
_USERS = {
    "1.1": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
    "1.2": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,"
    "email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredFamilyName,"
    "primaryOrgSourcedId",
}
IRIS, LILAS = "0690142E", "0690026D"
ORGS: Rows = (
    {"sourcedId": "metro", "name": "Réseau", "type": "district"},
    {"sourcedId": "s1", "name": "Collège Les Iris", "type": "school", "identifier": IRIS},
    {"sourcedId": "s2", "name": "Collège Les Lilas", "type": "school", "identifier": LILAS},
)
CLASSES: Rows = (
    {"sourcedId": "c1", "title": "Maths 5", "classType": "scheduled", "schoolSourcedId": "s1"},
    {"sourcedId": "c2", "title": "5e B", "classType": "homeroom", "schoolSourcedId": "s1"},
    {"sourcedId": "c3", "title": "6e A", "classType": "homeroom", "schoolSourcedId": "s2"},
)
ENROLMENTS: Rows = (
    {"sourcedId": "e1", "classSourcedId": "c1", "userSourcedId": "p1", "role": "student"},
    {"sourcedId": "e2", "classSourcedId": "c2", "userSourcedId": "p1", "role": "student"},
    {"sourcedId": "e3", "classSourcedId": "c3", "userSourcedId": "p2", "role": "student"},
    {"sourcedId": "e4", "classSourcedId": "c2", "userSourcedId": "t1", "role": "teacher"},
)
USERS: Rows = (
    {
        "sourcedId": "p1", "role": "student", "orgSourcedIds": "metro,s1", "givenName": "Zoé", "familyName": "Œuvrard",
        "userIds": "{LDAP:zoe},{INE:012345678AB}", "grades": "5", "agentSourcedIds": "g1", "password": "s3cret",
    },
    {
        "sourcedId": "p2", "role": "student", "orgSourcedIds": "s2", "givenName": "Léo", "familyName": "Da Silva",
        "identifier": "123456789CD",
    },
    {
        "sourcedId": "p3-0123456789-0123456789-0123456789-0123456789", "role": "student", "orgSourcedIds": "s2",
        "givenName": "Ana", "familyName": "Kaya", "identifier": "AAAAAAAAAA8",
    },
    {"sourcedId": "t1", "role": "teacher", "orgSourcedIds": "s1", "givenName": "Paul", "familyName": "Martel"},
    {
        "sourcedId": "g1", "role": "parent", "orgSourcedIds": "s1", "givenName": "Hélène", "familyName": "Œuvrard",
        "sms": "0612345678", "email": "h@exemple.fr", "agentSourcedIds": "p2",
    },
    {"sourcedId": "g2", "role": "relative", "orgSourcedIds": "s1", "givenName": "Ugo", "familyName": "Nul"},
)  # fmt: skip


def oneroster(version: str = "1.1", *, mode: str = "bulk", users: Rows = USERS, folder: str = "") -> bytes:
    """Return a zip of that version, in bulk or delta, with these users."""
    files: dict[str, tuple[str, Rows]] = {
        "manifest.csv": (
            _HEADERS["manifest.csv"],
            [
                {"propertyName": "manifest.version", "value": "1.0"},
                {"propertyName": "oneroster.version", "value": version},
                {"propertyName": "file.users", "value": mode},
            ],
        ),
        "orgs.csv": (_HEADERS["orgs.csv"], ORGS),
        "classes.csv": (_HEADERS["classes.csv"], CLASSES),
        "enrollments.csv": (_HEADERS["enrollments.csv"], ENROLMENTS),
        "users.csv": (_USERS[version], users),
    }
    if version == "1.2":
        roles = [
            {"sourcedId": f"r{user['sourcedId']}{org}", "userSourcedId": user["sourcedId"], "roleType": "primary",
             "role": user["role"], "orgSourcedId": org}
            for user in users
            for org in user.get("orgSourcedIds", "").split(",")
        ]  # fmt: skip
        files["roles.csv"] = (_HEADERS["roles.csv"], roles)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (header, rows) in files.items():
            archive.writestr(folder + name, table(header, rows))
    return content.getvalue()


def table(header: str, rows: Rows) -> str:
    """Return CSV text as RFC 4180 has it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header.split(","), extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

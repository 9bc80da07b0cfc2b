"""The tables of schools and people: columns, constraints and indexes."""

from peewee import AutoField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from tablet_loans.storage.fields import WordsField
from tablet_loans.storage.ledger_models import Table


class School(Table):
    """A school of the territory."""

    id = AutoField()
    uai = CharField(max_length=8, unique=True)
    name = CharField()
    kind = CharField(max_length=40, default="")
    address = CharField(default="")
    postcode = CharField(max_length=10, default="")
    commune = CharField(max_length=120, default="")
    phone = CharField(max_length=40, default="")
    email = CharField(default="")
    search_key = TextField()
    sort_key = CharField(index=True)
    depot = CharField(max_length=80, default="")


class Pupil(Table):
    """A pupil: the little that lending needs."""

    id = AutoField()
    ine = CharField(max_length=11, null=True, unique=True)
    school = ForeignKeyField(School, lazy_load=False, on_delete="RESTRICT")
    local_number = CharField(max_length=40, null=True)
    family_name = CharField()
    usage_name = CharField(default="")
    given_name = CharField()
    birth_date = DateField(null=True)
    class_name = CharField(max_length=60, default="")
    level = CharField(max_length=20, default="")
    left_on = DateField(null=True)
    search_key = TextField()
    sort_key = CharField()
    phone = CharField(max_length=40, default="")
    household = IntegerField(null=True, index=True)
    corrected = WordsField(default="[]")
    moved_from = ForeignKeyField(School, null=True, lazy_load=False, on_delete="RESTRICT", index=False)
    moved_on = DateField(null=True)

    class Meta:
        indexes = ((("sort_key", "id"), False), (("school", "sort_key"), False))


class Guardian(Table):
    """Who looks after pupils; the two keys tell one person named in two schools' files."""

    id = AutoField()
    school = ForeignKeyField(School, lazy_load=False, on_delete="RESTRICT")
    local_number = CharField(max_length=40, null=True)
    civility = CharField(max_length=10, default="")
    family_name = CharField(default="")
    given_name = CharField(default="")
    phone = CharField(max_length=40, default="")
    mobile = CharField(max_length=40, default="")
    email = CharField(default="")
    address = CharField(default="")
    postcode = CharField(max_length=10, default="")
    commune = CharField(max_length=120, default="")
    is_institution = BooleanField(default=False)
    name_key = TextField(default="")
    address_key = TextField(default="", index=True)


class Guardianship(Table):
    """What a guardian is to a pupil."""

    id = AutoField()
    pupil = ForeignKeyField(Pupil, lazy_load=False, on_delete="RESTRICT", index=False)
    guardian = ForeignKeyField(Guardian, lazy_load=False, on_delete="RESTRICT")
    care = CharField(max_length=10)

    class Meta:
        indexes = ((("pupil", "guardian"), True),)

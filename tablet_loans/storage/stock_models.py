"""The tables of devices and where they come from."""

from peewee import AutoField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from tablet_loans.storage.fields import WordsField
from tablet_loans.storage.ledger_models import Table
from tablet_loans.storage.roster_models import School


class DeviceModel(Table):
    """A model of device, its features and its kit."""

    id = AutoField()
    kind = CharField(max_length=20)
    maker = CharField(max_length=80, default="")
    name = CharField(max_length=160)
    gtin = CharField(max_length=14, default="")
    features = WordsField(default="[]")
    kit = WordsField(default="[]")

    class Meta:
        indexes = ((("kind", "maker", "name"), True),)


class Purchase(Table):
    """Where devices come from, as finance knows it."""

    id = AutoField()
    supplier = CharField(default="")
    invoice = CharField(max_length=80, default="")
    mandate = CharField(max_length=80, default="")
    account = CharField(max_length=20, default="")
    purchased_on = DateField(null=True)

    class Meta:
        indexes = ((("supplier", "invoice", "mandate", "account", "purchased_on"), False),)


class Device(Table):
    """A device that is lent."""

    id = AutoField()
    tag = CharField(max_length=40, unique=True)
    serial = CharField(max_length=60, null=True, unique=True)
    imei = CharField(max_length=15, null=True, unique=True)
    iccid = CharField(max_length=20, default="")
    phone_line = CharField(max_length=20, default="")
    model = ForeignKeyField(DeviceModel, lazy_load=False, on_delete="RESTRICT")
    purchase = ForeignKeyField(Purchase, null=True, lazy_load=False, on_delete="RESTRICT")
    price_cents = IntegerField(null=True)
    in_service_on = DateField(null=True)
    state = CharField(max_length=12)
    place = CharField(max_length=8)
    depot = CharField(max_length=80, default="")
    school = ForeignKeyField(School, null=True, lazy_load=False, on_delete="RESTRICT")
    condition = CharField(max_length=10, default="good")
    missing_kit = WordsField(default="[]")
    search_key = TextField()

    class Meta:
        indexes = ((("state", "tag"), False),)

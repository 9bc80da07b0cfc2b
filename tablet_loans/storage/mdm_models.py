"""The tables of MDMs: accounts, what they tell, how enrolments went, and what was asked."""

from peewee import AutoField, BooleanField, CharField, ForeignKeyField, TextField

from tablet_loans.storage.fields import UtcField, WordsField
from tablet_loans.storage.ledger_models import Table
from tablet_loans.storage.stock_models import Device


class MdmAccount(Table):
    """An MDM that is connected, until `closed_at`; its key is in the keyring.

    `unfinished` is where a sync that ended early goes on.
    """

    id = AutoField()
    name = CharField(max_length=60, unique=True)
    provider = CharField(max_length=16)
    reach = TextField()
    connected_at = UtcField()
    connected_by = CharField(max_length=80)
    first_synced_at = UtcField(null=True)
    closed_at = UtcField(null=True)
    unfinished = TextField(default="")


class ExternalRecord(Table):
    """A device as an MDM last told it; it stays when the MDM tells it no more, with `gone_at`."""

    id = AutoField()
    account = ForeignKeyField(MdmAccount, lazy_load=False, on_delete="RESTRICT", index=False)
    external_id = CharField(max_length=200)
    device = ForeignKeyField(Device, null=True, lazy_load=False, on_delete="RESTRICT")
    enrolment = CharField(max_length=12)
    serial = CharField(max_length=60, default="")
    imeis = WordsField(default="[]")
    is_enrolled = BooleanField()
    enrolled_at = UtcField(null=True)
    last_seen_at = UtcField(null=True)
    state = CharField(max_length=200, default="")
    is_supervised = BooleanField(null=True)
    is_lost = BooleanField(null=True)
    owner = CharField(max_length=200, default="")
    name = CharField(max_length=200, default="")
    asset_tag = CharField(max_length=200, default="")
    group_name = TextField(default="")
    model = CharField(max_length=200, default="")
    acts = WordsField(default="[]")
    digest = CharField(max_length=32)
    first_seen_at = UtcField()
    changed_at = UtcField()
    gone_at = UtcField(null=True)

    class Meta:
        indexes = ((("account", "external_id"), True),)


class EnrolmentChange(Table):
    """A step of a device's enrolment in an MDM, for its story."""

    id = AutoField()
    device = ForeignKeyField(Device, lazy_load=False, on_delete="RESTRICT")
    account = ForeignKeyField(MdmAccount, lazy_load=False, on_delete="RESTRICT", index=False)
    at = UtcField()
    before = CharField(max_length=12)
    after = CharField(max_length=12)


class MdmTask(Table):
    """What an MDM was asked for a device, and what it said."""

    id = AutoField()
    account = ForeignKeyField(MdmAccount, lazy_load=False, on_delete="RESTRICT", index=False)
    device = ForeignKeyField(Device, lazy_load=False, on_delete="RESTRICT")
    external_id = CharField(max_length=200)
    act = CharField(max_length=16)
    state = CharField(max_length=10)
    asked_at = UtcField()
    asked_by = CharField(max_length=80)
    second_by = CharField(max_length=80, default="")
    reference = CharField(max_length=200, default="")
    told_at = UtcField(null=True)
    reason = CharField(max_length=255, default="")

    class Meta:
        indexes = ((("state",), False),)

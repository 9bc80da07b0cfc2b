"""MDMs: those that are connected, what they tell of devices, how enrolments went, and what was asked of them."""

from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, CharField, ForeignKeyField, Model, TextField


def up(_migrator: Any, db: Any) -> None:
    """Add the tables."""

    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Device(Table):
        id = AutoField()

    class MdmAccount(Table):
        id = AutoField()
        name = CharField(max_length=60, unique=True)
        provider = CharField(max_length=16)
        reach = TextField()
        connected_at = BigIntegerField()
        connected_by = CharField(max_length=80)
        first_synced_at = BigIntegerField(null=True)
        closed_at = BigIntegerField(null=True)
        unfinished = TextField(default="")

    class ExternalRecord(Table):
        id = AutoField()
        account = ForeignKeyField(MdmAccount, on_delete="RESTRICT", index=False)
        external_id = CharField(max_length=200)
        device = ForeignKeyField(Device, null=True, on_delete="RESTRICT")
        enrolment = CharField(max_length=12)
        serial = CharField(max_length=60, default="")
        imeis = TextField(default="[]")
        is_enrolled = BooleanField()
        enrolled_at = BigIntegerField(null=True)
        last_seen_at = BigIntegerField(null=True)
        state = CharField(max_length=200, default="")
        is_supervised = BooleanField(null=True)
        is_lost = BooleanField(null=True)
        owner = CharField(max_length=200, default="")
        name = CharField(max_length=200, default="")
        asset_tag = CharField(max_length=200, default="")
        group_name = TextField(default="")
        model = CharField(max_length=200, default="")
        acts = TextField(default="[]")
        digest = CharField(max_length=32)
        first_seen_at = BigIntegerField()
        changed_at = BigIntegerField()
        gone_at = BigIntegerField(null=True)

        class Meta:
            indexes = ((("account", "external_id"), True),)

    class EnrolmentChange(Table):
        id = AutoField()
        device = ForeignKeyField(Device, on_delete="RESTRICT")
        account = ForeignKeyField(MdmAccount, on_delete="RESTRICT", index=False)
        at = BigIntegerField()
        before = CharField(max_length=12)
        after = CharField(max_length=12)

    class MdmTask(Table):
        id = AutoField()
        account = ForeignKeyField(MdmAccount, on_delete="RESTRICT", index=False)
        device = ForeignKeyField(Device, on_delete="RESTRICT")
        external_id = CharField(max_length=200)
        act = CharField(max_length=16)
        state = CharField(max_length=10)
        asked_at = BigIntegerField()
        asked_by = CharField(max_length=80)
        second_by = CharField(max_length=80, default="")
        reference = CharField(max_length=200, default="")
        told_at = BigIntegerField(null=True)
        reason = CharField(max_length=255, default="")

        class Meta:
            indexes = ((("state",), False),)

    db.create_tables([MdmAccount, ExternalRecord, EnrolmentChange, MdmTask], safe=False)

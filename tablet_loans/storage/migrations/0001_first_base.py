"""The first base: stations, schools, pupils, devices, campaigns, loans, agreements and the ledger."""

from typing import Any

from peewee import (
    SQL,
    AutoField,
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)


def up(_migrator: Any, db: Any) -> None:
    """Create every table."""

    is_sqlite = isinstance(db, SqliteDatabase)

    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Station(Table):
        code = CharField(max_length=4, primary_key=True)
        machine = CharField(max_length=64, unique=True)
        sequence = IntegerField(default=0)
        head = CharField(max_length=64)
        loan_year = IntegerField(default=0)
        loan_counter = IntegerField(default=0)

    class Setting(Table):
        name = CharField(max_length=64, primary_key=True)
        value = TextField()

    class School(Table):
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

    class Pupil(Table):
        id = AutoField()
        ine = CharField(max_length=11, null=True, unique=True)
        school = ForeignKeyField(School, on_delete="RESTRICT")
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

        class Meta:
            indexes = ((("sort_key", "id"), False), (("school", "sort_key"), False))

    class DeviceModel(Table):
        id = AutoField()
        kind = CharField(max_length=20)
        maker = CharField(max_length=80, default="")
        name = CharField(max_length=160)
        gtin = CharField(max_length=14, default="")
        features = TextField(default="[]")
        kit = TextField(default="[]")

        class Meta:
            indexes = ((("kind", "maker", "name"), True),)

    class Purchase(Table):
        id = AutoField()
        supplier = CharField(default="")
        invoice = CharField(max_length=80, default="")
        mandate = CharField(max_length=80, default="")
        account = CharField(max_length=20, default="")
        purchased_on = DateField(null=True)

        class Meta:
            indexes = ((("supplier", "invoice", "mandate", "account", "purchased_on"), False),)

    class Device(Table):
        id = AutoField()
        tag = CharField(max_length=40, unique=True)
        serial = CharField(max_length=60, null=True, unique=True)
        imei = CharField(max_length=15, null=True, unique=True)
        iccid = CharField(max_length=20, default="")
        phone_line = CharField(max_length=20, default="")
        model = ForeignKeyField(DeviceModel, on_delete="RESTRICT")
        purchase = ForeignKeyField(Purchase, null=True, on_delete="RESTRICT")
        price_cents = IntegerField(null=True)
        in_service_on = DateField(null=True)
        state = CharField(max_length=12)
        place = CharField(max_length=8)
        depot = CharField(max_length=80, default="")
        school = ForeignKeyField(School, null=True, on_delete="RESTRICT")
        condition = CharField(max_length=10, default="good")
        missing_kit = TextField(default="[]")
        search_key = TextField()

        class Meta:
            indexes = ((("state", "tag"), False),)

    class Campaign(Table):
        id = AutoField()
        name = CharField(max_length=120, unique=True)
        status = CharField(max_length=8)
        due_on = DateField()
        created_at = BigIntegerField()

    class CampaignSchool(Table):
        campaign = ForeignKeyField(Campaign, on_delete="CASCADE")
        school = ForeignKeyField(School, on_delete="CASCADE", index=False)

        class Meta:
            primary_key = CompositeKey("campaign", "school")
            without_rowid = is_sqlite

    class Reservation(Table):
        id = AutoField()
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
        pupil = ForeignKeyField(Pupil, on_delete="RESTRICT")
        device = ForeignKeyField(Device, on_delete="RESTRICT", index=False)
        state = CharField(max_length=10, default="promised")

    class Loan(Table):
        id = AutoField()
        number = CharField(max_length=16, unique=True)
        device = ForeignKeyField(Device, on_delete="RESTRICT")
        pupil = ForeignKeyField(Pupil, on_delete="RESTRICT")
        campaign = ForeignKeyField(Campaign, on_delete="RESTRICT")
        kind = CharField(max_length=20)
        state = CharField(max_length=10)
        opened_at = BigIntegerField()
        due_on = DateField()
        closed_at = BigIntegerField(null=True)
        received_by = CharField(max_length=10, default="pupil")
        condition_in = CharField(max_length=10, null=True)
        missing_kit = TextField(default="[]")
        successor = ForeignKeyField(
            "self", null=True, on_delete="RESTRICT", index=False, deferrable="INITIALLY IMMEDIATE"
        )

    Loan.add_index(Loan.device, unique=True, where=SQL("state = 'open'"), name="loan_open_device")
    Loan.add_index(Loan.pupil, Loan.kind, unique=True, where=SQL("state = 'open'"), name="loan_open_pupil_kind")
    Reservation.add_index(Reservation.device, unique=True, where=SQL("state = 'promised'"), name="reservation_device")

    class Agreement(Table):
        id = AutoField()
        loan = ForeignKeyField(Loan, on_delete="RESTRICT", unique=True)
        state = CharField(max_length=10)
        version = IntegerField(default=1)
        printed_at = BigIntegerField(null=True)
        signed_at = BigIntegerField(null=True)

    class LedgerLine(Table):
        id = CharField(max_length=36, primary_key=True)
        station = ForeignKeyField(Station, column_name="station", on_delete="RESTRICT", index=False)
        sequence = IntegerField()
        recorded_at = BigIntegerField()
        effective_at = BigIntegerField()
        actor = CharField(max_length=80)
        action = CharField(max_length=24)
        undoes = ForeignKeyField("self", column_name="undoes", null=True, unique=True, deferrable="INITIALLY IMMEDIATE")
        digest = CharField(max_length=64)
        previous_hash = CharField(max_length=64)
        hash = CharField(max_length=64)

        class Meta:
            indexes = ((("station", "sequence"), True),)
            without_rowid = is_sqlite

    class LedgerFacts(Table):
        line = ForeignKeyField(LedgerLine, primary_key=True, on_delete="RESTRICT")
        salt = CharField(max_length=32)
        facts = TextField()

        class Meta:
            without_rowid = is_sqlite

    class LedgerSubject(Table):
        kind = CharField(max_length=12)
        subject_id = IntegerField()
        line = ForeignKeyField(LedgerLine, on_delete="RESTRICT")

        class Meta:
            primary_key = CompositeKey("kind", "subject_id", "line")
            without_rowid = is_sqlite

    class LedgerRow(Table):
        id = BigAutoField()
        line = ForeignKeyField(LedgerLine, on_delete="RESTRICT")
        kind = CharField(max_length=12)
        row_id = IntegerField()
        before = TextField(null=True)

    db.create_tables(
        [
            Station,
            Setting,
            School,
            Pupil,
            DeviceModel,
            Purchase,
            Device,
            Campaign,
            CampaignSchool,
            Reservation,
            Loan,
            Agreement,
            LedgerLine,
            LedgerFacts,
            LedgerSubject,
            LedgerRow,
        ],
        safe=False,
    )

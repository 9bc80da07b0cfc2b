"""The tables: columns, constraints and indexes, without behaviour."""

from typing import Final

from peewee import (
    SQL,
    AutoField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from tablet_loans.storage.fields import UtcField, WordsField
from tablet_loans.storage.ledger_models import (
    ImportPiece,
    ImportRun,
    LedgerFacts,
    LedgerLine,
    LedgerRow,
    LedgerSubject,
    Station,
    Table,
)


class Setting(Table):
    """One setting that differs from its default, as JSON."""

    name = CharField(max_length=64, primary_key=True)
    value = TextField()


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


class Campaign(Table):
    """A lending operation."""

    id = AutoField()
    name = CharField(max_length=120, unique=True)
    status = CharField(max_length=8)
    due_on = DateField()
    created_at = UtcField()
    seal = CharField(max_length=64, default="")
    needs_closed_at = UtcField(null=True)
    seed = CharField(max_length=64, default="")
    rules = TextField(default="{}")
    starts_on = DateField(null=True)
    needs_until = DateField(null=True)
    kit = WordsField(default="[]")
    wording = TextField(default="{}")
    relaunches = ForeignKeyField("self", null=True, lazy_load=False, on_delete="RESTRICT", index=False)


class CampaignSchool(Table):
    """A school that takes part in a campaign; a campaign without any is everybody's."""

    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="CASCADE")
    school = ForeignKeyField(School, lazy_load=False, on_delete="CASCADE", index=False)

    class Meta:
        primary_key = CompositeKey("campaign", "school")


class Need(Table):
    """What a family answered in a campaign; the answer that counts is the current one."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT", index=False)
    pupil = ForeignKeyField(Pupil, lazy_load=False, on_delete="RESTRICT")
    equipment = CharField(max_length=10)
    is_cellular = BooleanField(default=False)
    is_priority = BooleanField(default=False)
    asked_on = DateField()
    answered_by = CharField(max_length=80, default="")
    source = CharField(max_length=10)
    recorded_at = UtcField()
    is_current = BooleanField(default=True)
    to_confirm = BooleanField(default=False)


Need.add_index(Need.campaign, Need.pupil, unique=True, where=SQL("is_current"), name="need_current")


class Plan(Table):
    """A plan of who receives what in a campaign: a draft, or applied; what it was made from lies beside it."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT")
    made_at = UtcField()
    made_by = CharField(max_length=80)
    rules = TextField()
    digest = CharField(max_length=64)
    instance = TextField()
    eligible = IntegerField()
    served = IntegerField()
    applied_at = UtcField(null=True)
    legend = TextField(default="{}")
    is_complete = BooleanField(default=False)
    withdrawn_at = UtcField(null=True)


class PlanSchool(Table):
    """What a plan decides for the pupils of one school, as codes that its legend explains: spoken when it is read."""

    plan = ForeignKeyField(Plan, lazy_load=False, on_delete="CASCADE", index=False)
    school = ForeignKeyField(School, lazy_load=False, on_delete="RESTRICT")
    in_need = IntegerField()
    equipped = IntegerField()
    eligible = IntegerField()
    served = IntegerField()
    choices = TextField()

    class Meta:
        primary_key = CompositeKey("plan", "school")


class PlanQueue(Table):
    """Some of a plan's pupils who wait for the same features, in the order of their ranks."""

    id = AutoField()
    plan = ForeignKeyField(Plan, lazy_load=False, on_delete="CASCADE", index=False)
    required = TextField()
    first_rank = IntegerField()
    pupils = TextField()

    class Meta:
        indexes = ((("plan", "required", "first_rank"), True),)


class PlanMark(Table):
    """A pupil pinned or excluded by a person, in all plans of a campaign until it is taken back."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT")
    pupil = ForeignKeyField(Pupil, lazy_load=False, on_delete="RESTRICT")
    kind = CharField(max_length=10)
    note = CharField(default="")
    made_at = UtcField()
    made_by = CharField(max_length=80)
    is_current = BooleanField(default=True)


class Reservation(Table):
    """A device, or one of a class, promised to a pupil in a campaign."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT")
    pupil = ForeignKeyField(Pupil, lazy_load=False, on_delete="RESTRICT")
    device = ForeignKeyField(Device, null=True, lazy_load=False, on_delete="RESTRICT", index=False)
    state = CharField(max_length=10, default="promised")
    kind = CharField(max_length=20, default="tablet")
    features = WordsField(default="[]")
    home = CharField(max_length=80, default="")
    plan = ForeignKeyField(Plan, null=True, lazy_load=False, on_delete="RESTRICT", index=False)


class Carton(Table):
    """A carton of devices that goes to a school."""

    id = AutoField()
    code = CharField(max_length=20, unique=True)
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT", index=False)
    school = ForeignKeyField(School, lazy_load=False, on_delete="RESTRICT", index=False)
    packed_at = UtcField()
    packed_by = CharField(max_length=80)
    state = CharField(max_length=8, default="open")

    class Meta:
        indexes = ((("campaign", "school"), False),)


class CartonDevice(Table):
    """A device that was put into a carton; it is in one at a time."""

    id = AutoField()
    carton = ForeignKeyField(Carton, lazy_load=False, on_delete="RESTRICT")
    device = ForeignKeyField(Device, lazy_load=False, on_delete="RESTRICT", index=False)
    state = CharField(max_length=8, default="packed")


CartonDevice.add_index(CartonDevice.device, unique=True, where=SQL("state = 'packed'"), name="carton_device_packed")


class Loan(Table):
    """A device lent to a pupil; its number is never reused."""

    id = AutoField()
    number = CharField(max_length=16, unique=True)
    device = ForeignKeyField(Device, lazy_load=False, on_delete="RESTRICT")
    pupil = ForeignKeyField(Pupil, lazy_load=False, on_delete="RESTRICT")
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT")
    kind = CharField(max_length=20)
    state = CharField(max_length=10)
    opened_at = UtcField()
    due_on = DateField()
    closed_at = UtcField(null=True)
    received_by = CharField(max_length=10, default="pupil")
    condition_in = CharField(max_length=10, null=True)
    missing_kit = WordsField(default="[]")
    successor = ForeignKeyField("self", null=True, lazy_load=False, on_delete="RESTRICT", index=False)
    received_name = CharField(max_length=80, default="")


Loan.add_index(Loan.device, unique=True, where=SQL("state = 'open'"), name="loan_open_device")
Loan.add_index(Loan.pupil, Loan.kind, unique=True, where=SQL("state = 'open'"), name="loan_open_pupil_kind")
Loan.add_index(Loan.due_on, where=SQL("state = 'open'"), name="loan_open_due")
Reservation.add_index(
    Reservation.pupil, Reservation.kind, unique=True, where=SQL("state = 'promised'"), name="reservation_pupil_kind"
)
Reservation.add_index(Reservation.device, unique=True, where=SQL("state = 'promised'"), name="reservation_device")


class Agreement(Table):
    """The agreement of a loan, from its first printing."""

    id = AutoField()
    loan = ForeignKeyField(Loan, lazy_load=False, on_delete="RESTRICT", unique=True)
    state = CharField(max_length=10)
    version = IntegerField(default=1)
    printed_at = UtcField(null=True)
    signed_at = UtcField(null=True)


class ColumnMapping(Table):
    """Which columns of a file with these headers were given which fields, remembered for the next one."""

    kind = CharField(max_length=20)
    headers = CharField(max_length=64)
    fields = TextField()

    class Meta:
        primary_key = CompositeKey("kind", "headers")


TABLES: Final = (
    Station,
    Setting,
    School,
    Pupil,
    Guardian,
    Guardianship,
    DeviceModel,
    Purchase,
    Device,
    Campaign,
    CampaignSchool,
    Need,
    Plan,
    PlanSchool,
    PlanQueue,
    PlanMark,
    Reservation,
    Carton,
    CartonDevice,
    Loan,
    Agreement,
    LedgerLine,
    LedgerFacts,
    LedgerSubject,
    LedgerRow,
    ImportRun,
    ImportPiece,
    ColumnMapping,
)

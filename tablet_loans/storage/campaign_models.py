"""The tables of campaigns: needs, plans, promises, cartons."""

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
from tablet_loans.storage.ledger_models import Table
from tablet_loans.storage.roster_models import Pupil, School
from tablet_loans.storage.stock_models import Device


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


Reservation.add_index(
    Reservation.pupil, Reservation.kind, unique=True, where=SQL("state = 'promised'"), name="reservation_pupil_kind"
)
Reservation.add_index(Reservation.device, unique=True, where=SQL("state = 'promised'"), name="reservation_device")


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

"""The tables of loans and their papers."""

from peewee import SQL, AutoField, CharField, DateField, ForeignKeyField, IntegerField, TextField

from tablet_loans.storage.campaign_models import Campaign
from tablet_loans.storage.fields import UtcField, WordsField
from tablet_loans.storage.ledger_models import Table
from tablet_loans.storage.roster_models import Pupil
from tablet_loans.storage.stock_models import Device


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


class AgreementWording(Table):
    """The clauses of a campaign's agreement in one language, as they stood from one day on; never changed."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT", index=False)
    language = CharField(max_length=5)
    version = IntegerField()
    clauses = TextField()
    digest = CharField(max_length=64)
    made_at = UtcField()
    made_by = CharField(max_length=80)

    class Meta:
        indexes = ((("campaign", "language", "version"), True),)


class Agreement(Table):
    """The agreement of a loan, from its first printing."""

    id = AutoField()
    loan = ForeignKeyField(Loan, lazy_load=False, on_delete="RESTRICT", unique=True)
    state = CharField(max_length=10)
    version = IntegerField(default=1)
    printed_at = UtcField(null=True)
    signed_at = UtcField(null=True)
    wording = ForeignKeyField(AgreementWording, null=True, lazy_load=False, on_delete="RESTRICT", index=False)
    printed_by = CharField(max_length=80, default="")

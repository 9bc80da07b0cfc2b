"""The tables of paper: wordings, scans, forms with reserved numbers, batches, labels, messages."""

from peewee import (
    SQL,
    AutoField,
    BlobField,
    CharField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from tablet_loans.storage.campaign_models import Campaign
from tablet_loans.storage.fields import UtcField
from tablet_loans.storage.ledger_models import Table
from tablet_loans.storage.loan_models import Loan
from tablet_loans.storage.roster_models import Pupil
from tablet_loans.storage.stock_models import Device


class AgreementScan(Table):
    """A page that came back signed: the image or PDF of it, by the loan it is for."""

    id = AutoField()
    loan = ForeignKeyField(Loan, lazy_load=False, on_delete="RESTRICT")
    page = IntegerField()
    media = CharField(max_length=20)
    content = BlobField()
    sha256 = CharField(max_length=64)
    file_name = CharField(max_length=255)
    attached_at = UtcField()
    attached_by = CharField(max_length=80)

    class Meta:
        indexes = ((("loan", "sha256"), True),)


class SpareForm(Table):
    """A blank agreement with a number of its own, filled in by hand; the loan it became, once it did."""

    id = AutoField()
    code = CharField(max_length=20, unique=True)
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT", index=False)
    reserved_at = UtcField()
    reserved_by = CharField(max_length=80)
    loan = ForeignKeyField(Loan, null=True, lazy_load=False, on_delete="RESTRICT", index=False)


class PrintBatch(Table):
    """A batch of papers: what was asked, and the files that are done, so that it can be taken up again."""

    id = AutoField()
    campaign = ForeignKeyField(Campaign, lazy_load=False, on_delete="RESTRICT", index=False)
    asked = TextField()
    done = TextField(default="[]")
    begun_at = UtcField()
    begun_by = CharField(max_length=80)
    ended_at = UtcField(null=True)


class LabelPrint(Table):
    """A label that was printed for a device: still to verify, spoiled, or confirmed by a scan."""

    id = AutoField()
    device = ForeignKeyField(Device, lazy_load=False, on_delete="RESTRICT")
    stock = CharField(max_length=60)
    state = CharField(max_length=10, default="printed")
    printed_at = UtcField()
    printed_by = CharField(max_length=80)
    settled_at = UtcField(null=True)


LabelPrint.add_index(LabelPrint.device, where=SQL("state = 'printed'"), name="label_print_open")


class LabelStock(Table):
    """A stock of labels of one's own, by its geometry."""

    name = CharField(max_length=60, primary_key=True)
    geometry = TextField()


class PrinterSetting(Table):
    """How far a printer puts things from where they belong: millimetres, and a scale of 1."""

    printer = CharField(max_length=160, primary_key=True)
    right_mm = FloatField(default=0)
    down_mm = FloatField(default=0)
    scale = FloatField(default=1)


class Message(Table):
    """A letter or mail about a loan: to whom, when, and what became of it; its text is made again when asked."""

    id = AutoField()
    kind = CharField(max_length=20)
    loan = ForeignKeyField(Loan, null=True, lazy_load=False, on_delete="RESTRICT")
    pupil = ForeignKeyField(Pupil, null=True, lazy_load=False, on_delete="RESTRICT")
    way = CharField(max_length=8)
    address = CharField(default="")
    state = CharField(max_length=8)
    reason = CharField(default="")
    made_at = UtcField()
    made_by = CharField(max_length=80)

"""The tables: all of them, and those that belong to no other shelf."""

from typing import Final

from peewee import CharField, CompositeKey, TextField

from tablet_loans.storage.campaign_models import (
    Campaign,
    CampaignSchool,
    Carton,
    CartonDevice,
    Need,
    Plan,
    PlanMark,
    PlanQueue,
    PlanSchool,
    Reservation,
)
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
from tablet_loans.storage.loan_models import Agreement, AgreementWording, Loan
from tablet_loans.storage.mdm_models import EnrolmentChange, ExternalRecord, MdmAccount, MdmTask
from tablet_loans.storage.paper_models import (
    AgreementScan,
    LabelPrint,
    LabelStock,
    Message,
    PrintBatch,
    PrinterSetting,
    SpareForm,
)
from tablet_loans.storage.roster_models import Guardian, Guardianship, Pupil, School
from tablet_loans.storage.stock_models import Device, DeviceModel, Purchase


class Setting(Table):
    """One setting that differs from its default, as JSON."""

    name = CharField(max_length=64, primary_key=True)
    value = TextField()


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
    AgreementWording,
    Agreement,
    AgreementScan,
    SpareForm,
    PrintBatch,
    LabelPrint,
    LabelStock,
    PrinterSetting,
    Message,
    MdmAccount,
    ExternalRecord,
    EnrolmentChange,
    MdmTask,
    LedgerLine,
    LedgerFacts,
    LedgerSubject,
    LedgerRow,
    ImportRun,
    ImportPiece,
    ColumnMapping,
)

"""The tables. Every one that holds council data carries the council."""

from gateway.store.models.base import Base, Instant
from gateway.store.models.councils import CouncilDomain, CouncilRow, CouncilVersion, Membership, PersonRow
from gateway.store.models.delivery import DeliveryRow, DepartureRow
from gateway.store.models.holds import (
    AcknowledgementRow,
    AnswerAddressRow,
    ClaimRow,
    ConfirmationRow,
    FeedbackRow,
    OpeningRow,
    PaperPrint,
    PaperRow,
    ReminderRow,
    ReportRow,
)
from gateway.store.models.index import AttachmentRow, FoundRow, ItemRow, ReferenceRow, TextRow
from gateway.store.models.ledger import AnchorRow, AuditRow, LedgerHead, LedgerRow
from gateway.store.models.messages import (
    BlobRow,
    BlobUse,
    CorrespondentDomain,
    CorrespondentRow,
    DecisionRow,
    MessageBody,
    MessageRow,
    PrintRow,
    RecipientRow,
)
from gateway.store.models.work import AuthFailureRow, FamiliarNetworkRow, JobRow, SecretRow

__all__ = [
    "AcknowledgementRow",
    "AnchorRow",
    "AnswerAddressRow",
    "AttachmentRow",
    "AuditRow",
    "AuthFailureRow",
    "Base",
    "BlobRow",
    "BlobUse",
    "ClaimRow",
    "ConfirmationRow",
    "CorrespondentDomain",
    "CorrespondentRow",
    "CouncilDomain",
    "CouncilRow",
    "CouncilVersion",
    "DecisionRow",
    "DeliveryRow",
    "DepartureRow",
    "FamiliarNetworkRow",
    "FeedbackRow",
    "FoundRow",
    "Instant",
    "ItemRow",
    "JobRow",
    "LedgerHead",
    "LedgerRow",
    "Membership",
    "MessageBody",
    "MessageRow",
    "OpeningRow",
    "PaperPrint",
    "PaperRow",
    "PersonRow",
    "PrintRow",
    "RecipientRow",
    "ReferenceRow",
    "ReminderRow",
    "ReportRow",
    "SecretRow",
    "TextRow",
]

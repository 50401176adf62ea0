"""The tables of collecting, one module a noun."""

from surveys.models.alert import Alert, Pulse
from surveys.models.api_token import ApiToken
from surveys.models.attempt import Attempt
from surveys.models.audience import Audience, DisclosureReport
from surveys.models.audit import AuditLog
from surveys.models.backcheck import BackCheck, Lot, SecondVisit
from surveys.models.check import Digest, Dismissal, Doubt, Inspection, QualityRules
from surveys.models.comment import Comment
from surveys.models.contact import Contact
from surveys.models.decision import Decision, DecisionBatch
from surveys.models.deposit import Deposit
from surveys.models.draft import Draft, DraftFile, DraftKey, DraftLogPart
from surveys.models.entity import Entity, EntityChange, EntityList
from surveys.models.fieldwork import Assignment, Case, City, Region, Site, Weight, WeightVersion
from surveys.models.frame import Draw, DrawnUnit, FrameUnit, Replacement
from surveys.models.imports import ImportBatch, ImportRow
from surveys.models.interview import Attachment, Finding, Interview, Submission
from surveys.models.job import Job, Nudge
from surveys.models.ledger import Change, CorrectionBatch, CorrectionRow
from surveys.models.progress import (
    DayCount,
    DayTotal,
    PersonProgress,
    SiteProgress,
    VersionCount,
)
from surveys.models.questionnaire import FormFile, Questionnaire, QuestionnaireVersion
from surveys.models.rule import ReviewRule
from surveys.models.second_step import RecoveryCode, SecondStep
from surveys.models.session import Session
from surveys.models.slot import Reservation
from surveys.models.survey import Membership, Role, Survey, Wave
from surveys.models.token import DeviceToken
from surveys.models.tombstone import ErasedVersion, Tombstone
from surveys.models.trail import TrailEntry, TrailSeal
from surveys.models.upload import Upload, UploadFile
from surveys.models.user import User
from surveys.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "Alert",
    "ApiToken",
    "Assignment",
    "Attachment",
    "Attempt",
    "Audience",
    "AuditLog",
    "BackCheck",
    "Case",
    "Change",
    "City",
    "Comment",
    "Contact",
    "CorrectionBatch",
    "CorrectionRow",
    "DayCount",
    "DayTotal",
    "Decision",
    "DecisionBatch",
    "Deposit",
    "DeviceToken",
    "Digest",
    "DisclosureReport",
    "Dismissal",
    "Doubt",
    "Draft",
    "DraftFile",
    "DraftKey",
    "DraftLogPart",
    "Draw",
    "DrawnUnit",
    "Entity",
    "EntityChange",
    "EntityList",
    "ErasedVersion",
    "Finding",
    "FormFile",
    "FrameUnit",
    "ImportBatch",
    "ImportRow",
    "Inspection",
    "Interview",
    "Job",
    "Lot",
    "Membership",
    "Nudge",
    "PersonProgress",
    "Pulse",
    "QualityRules",
    "Questionnaire",
    "QuestionnaireVersion",
    "RecoveryCode",
    "Region",
    "Replacement",
    "Reservation",
    "ReviewRule",
    "Role",
    "SecondStep",
    "SecondVisit",
    "Session",
    "Site",
    "SiteProgress",
    "Submission",
    "Survey",
    "Tombstone",
    "TrailEntry",
    "TrailSeal",
    "Upload",
    "UploadFile",
    "User",
    "VersionCount",
    "Wave",
    "Webhook",
    "WebhookDelivery",
    "Weight",
    "WeightVersion",
]

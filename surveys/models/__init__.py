"""The tables of collecting, one module a noun."""

from surveys.models.audit import AuditLog, DraftLogPart
from surveys.models.decision import Decision
from surveys.models.entity import Entity, EntityChange, EntityList
from surveys.models.fieldwork import Assignment, Case, City, Region, Site, Weight, WeightVersion
from surveys.models.interview import (
    Attachment,
    Draft,
    DraftFile,
    Finding,
    Interview,
    Submission,
)
from surveys.models.job import Job, Nudge
from surveys.models.questionnaire import FormFile, Questionnaire, QuestionnaireVersion
from surveys.models.survey import Membership, Role, Survey, Wave
from surveys.models.token import DeviceToken
from surveys.models.upload import Upload, UploadFile
from surveys.models.user import User

__all__ = [
    "Assignment",
    "Attachment",
    "AuditLog",
    "Case",
    "City",
    "Decision",
    "DeviceToken",
    "Draft",
    "DraftFile",
    "DraftLogPart",
    "Entity",
    "EntityChange",
    "EntityList",
    "Finding",
    "FormFile",
    "Interview",
    "Job",
    "Membership",
    "Nudge",
    "Questionnaire",
    "QuestionnaireVersion",
    "Region",
    "Role",
    "Site",
    "Submission",
    "Survey",
    "Upload",
    "UploadFile",
    "User",
    "Wave",
    "Weight",
    "WeightVersion",
]

"""The tables of collecting, one module a noun."""

from surveys.models.audit import AuditLog
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
    "DeviceToken",
    "Draft",
    "DraftFile",
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

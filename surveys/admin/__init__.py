"""The collecting side's pages for survey staff, one module a noun."""

from surveys.admin import devices, fieldwork, interview, job, questionnaire, survey, user

__all__ = ["devices", "fieldwork", "interview", "job", "questionnaire", "survey", "user"]

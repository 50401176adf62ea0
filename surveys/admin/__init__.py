"""The collecting side's pages for survey staff, one module a noun."""

from surveys.admin import fieldwork, interview, job, questionnaire, survey, user

__all__ = ["fieldwork", "interview", "job", "questionnaire", "survey", "user"]

"""The collecting side's pages for survey staff, one module a noun."""

from surveys.admin import devices, entities, fieldwork, interview, job, questionnaire, survey, user

__all__ = [
    "devices",
    "entities",
    "fieldwork",
    "interview",
    "job",
    "questionnaire",
    "survey",
    "user",
]

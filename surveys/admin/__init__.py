"""The collecting side's pages for survey staff, one module a noun."""

from surveys.admin import (
    corrections,
    devices,
    entities,
    fieldwork,
    interview,
    job,
    quality,
    questionnaire,
    sampling,
    survey,
    user,
)

__all__ = [
    "corrections",
    "devices",
    "entities",
    "fieldwork",
    "interview",
    "job",
    "quality",
    "questionnaire",
    "sampling",
    "survey",
    "user",
]

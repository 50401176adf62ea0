"""The collecting side's pages for survey staff, one module a noun."""

from surveys.admin import (
    devices,
    draws,
    entities,
    fieldwork,
    frames,
    interview,
    job,
    quality,
    questionnaire,
    survey,
    user,
)

__all__ = [
    "devices",
    "draws",
    "entities",
    "fieldwork",
    "frames",
    "interview",
    "job",
    "quality",
    "questionnaire",
    "survey",
    "user",
]

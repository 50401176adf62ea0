"""The collecting side's pages for survey staff, one module a noun."""

from surveys.admin import (
    attempts,
    backchecks,
    corrections,
    devices,
    entities,
    fieldwork,
    interview,
    job,
    progress,
    quality,
    questionnaire,
    sampling,
    survey,
    user,
)

__all__ = [
    "attempts",
    "backchecks",
    "corrections",
    "devices",
    "entities",
    "fieldwork",
    "interview",
    "job",
    "progress",
    "quality",
    "questionnaire",
    "sampling",
    "survey",
    "user",
]

"""Interviews that nobody can read: their keys are gone, or a failing disk has changed what is stored."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import TypeAlias

import pytest
from django.db.models import QuerySet

from surveys import secrecy
from surveys.keys import store
from surveys.keys.sealed import SEALED, Answers, SealedBytes
from surveys.models import Interview, Submission

Lose: TypeAlias = Callable[[QuerySet[Submission]], None]


def destroy_keys(found: QuerySet[Submission]) -> None:
    store.destroy(secrecy.keys_of(found))


def damage(found: QuerySet[Submission]) -> None:
    """A bit of the XML of each, and of what is sealed of their interviews' answers."""
    for submission in found:
        stored = turned(submission.xml.stored)
        Submission.objects.filter(pk=submission.pk).update(xml=SealedBytes(stored, "xml"))
    for interview in Interview.objects.filter(submissions__in=found).distinct():
        damage_answers(interview)


def damage_answers(interview: Interview) -> None:
    if isinstance(interview.answers, Answers):
        answers = interview.answers.stored
        content = turned(b64decode(answers[SEALED]["content"]))
        answers[SEALED]["content"] = b64encode(content).decode()
        Interview.objects.filter(pk=interview.pk).update(answers=answers)


def turned(stored: bytes) -> bytes:
    return stored[:-1] + bytes([stored[-1] ^ 1])


in_every_way = pytest.mark.parametrize("lose", [destroy_keys, damage], ids=["gone", "damaged"])

"""`manage.py demo`: the demo survey, from questionnaire to estimates."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rich.progress import Progress

from scoring import pipeline, schemes
from scoring.models import Scheme
from surveys import demo
from surveys.models import Survey

T = TypeVar("T")
BATCH = 100


class Command(BaseCommand):
    help = "Make the demo survey, or send it more invented interviews."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--responses", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")

    def handle(self, *, responses: int, seed: int, **_: object) -> None:
        if responses < 0:
            raise CommandError("--responses takes a number from 0.")
        survey = demo.build()
        kept = add_schemes(survey.survey)
        if responses:
            invented = demo.invent(survey, responses, seed)
            self._run(in_transactions(invented), "Interviews invented", responses)
        else:
            loaded = in_transactions(demo.load(survey))
            self._run(loaded, "Interviews received", len(demo.respondents()))
        for scheme in kept:
            self._run(pipeline.steps(scheme), f"Scored by {scheme}", None)

    def _run(self, steps: Iterable[T], title: str, total: int | None) -> None:
        with Progress() as progress:
            task = progress.add_task(title, total=total)
            done = 0
            for done, _ in enumerate(steps, start=1):
                progress.update(task, completed=done)
            progress.update(task, total=done, completed=done)


def add_schemes(survey: Survey) -> list[Scheme]:
    """The five standards' scheme under each of its weightings."""
    document = schemes.five_standards()
    default = document["default_weights"]
    return [
        schemes.add(survey, document, name, is_default=name == default)
        for name in document["weights"]
    ]


def in_transactions(steps: Iterable[T]) -> Iterator[T]:
    """The same steps, a batch of them in each transaction: one write to disk instead of many."""
    waiting = iter(steps)
    more = True
    while more:
        with transaction.atomic():
            batch = [step for step, _ in zip(waiting, range(BATCH), strict=False)]
        more = bool(batch)
        yield from batch

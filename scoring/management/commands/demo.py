"""`manage.py demo`: the demo survey, from questionnaire to estimates."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rich.progress import Progress

from scoring import pipeline, schemes
from scoring.models import Scheme
from surveys import checks, demo, tallies
from surveys.models import Survey
from surveys.rehearsal import again, incidents, outcome, selected
from surveys.rehearsal import season as rehearsal
from surveys.rehearsal.makers import MAKERS, USUAL
from surveys.rehearsal.plan import MOST_MAKERS, visits

T = TypeVar("T")
BATCH = 100
MOST_ACCUSED = 1  # falsely, before a season counts as failed


class Command(BaseCommand):
    help = (
        "Make the demo survey, or send it more invented interviews; or a season in the field with "
        "people who make interviews up, and see whether the checks find them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--responses", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--season", action="store_true")
        parser.add_argument(
            "--makers", default=",".join(USUAL), help=f"for --season, of {', '.join(MAKERS)}"
        )

    def handle(self, *, responses: int, seed: int, season: bool, makers: str, **_: object) -> None:
        if responses < 0:
            raise CommandError("--responses takes a number from 0.")
        if season:
            self._rehearse(seed, _kinds(makers))
        else:
            self._demonstrate(responses, seed)

    def _demonstrate(self, responses: int, seed: int) -> None:
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
        tallies.refresh(survey.survey)

    def _rehearse(self, seed: int, kinds: tuple[str, ...]) -> None:
        season = rehearsal.build(seed, kinds)
        selected.select(season)
        loaded = in_transactions(rehearsal.load(season))
        self._run(loaded, "Interviews received", len(visits(season.plan)))
        with transaction.atomic():
            selected.try_in_vain(season)
        again.visit_again(season)
        judged = outcome.judge(season)
        checks.run(season.survey)
        tallies.refresh(season.survey)
        self.stdout.write(f"The checks of survey {season.survey.code} after its first third:")
        for line in (*outcome.table(judged), "", *incidents.table(incidents.incidents(season))):
            self.stdout.write(line)
        missed = [one.enumerator for one in judged if one.is_missed]
        accused = [one.enumerator for one in judged if one.is_accused]
        if missed or len(accused) > MOST_ACCUSED:
            raise CommandError(f"Missed: {missed}. Falsely accused: {accused}.")

    def _run(self, steps: Iterable[T], title: str, total: int | None) -> None:
        with Progress() as progress:
            task = progress.add_task(title, total=total)
            done = 0
            for done, _ in enumerate(steps, start=1):
                progress.update(task, completed=done)
            whole = done or 1  # of nothing, rich would show 0 %
            progress.update(task, total=whole, completed=whole)


def _kinds(makers: str) -> tuple[str, ...]:
    """The ways to make interviews up, one enumerator each; none for a season of honest people."""
    kinds = tuple(kind.strip() for kind in makers.split(",") if kind.strip())
    unknown = sorted(set(kinds) - MAKERS.keys())
    if unknown:
        raise CommandError(f"--makers knows {', '.join(MAKERS)}, not {', '.join(unknown)}.")
    if len(kinds) > MOST_MAKERS:
        raise CommandError(f"--makers takes at most {MOST_MAKERS}: the others are the measure.")
    return kinds


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

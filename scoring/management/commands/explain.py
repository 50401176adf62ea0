"""`manage.py explain`: how a published number came about, and why it changed, in words."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from scoring import estimates, schemes
from scoring.dashboard.explanation import ExplanationPage, Fact, explanation_page
from scoring.dashboard.explanation_answers import AnswerShown
from scoring.dashboard.explanation_change import ChangeShown, Since, yesterday
from scoring.management.output import print_lines
from scoring.maths.cells import ALL
from scoring.maths.cells import Cell as CellKey
from surveys.errors import SurveyError, gettext_noop
from surveys.management.arguments import find_survey
from surveys.wording import in_words


class Command(BaseCommand):
    help = "Say how a published number came about, and why it changed since a day's end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument("--variable", required=True, metavar="NAME")
        parser.add_argument("--by", default=ALL, metavar="DIM")
        parser.add_argument("--level", default=ALL, metavar="LEVEL")
        parser.add_argument("--scheme", default="", metavar="NAME")
        parser.add_argument("--since", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD")
        parser.add_argument("--then", default="", metavar="NAME", help="the scheme of that day")

    def handle(
        self,
        *,
        survey: str,
        variable: str,
        by: str,
        level: str,
        scheme: str,
        since: date | None,
        then: str,
        **_: object,
    ) -> None:
        found = find_survey(survey)
        try:
            chosen = schemes.find(found, scheme)
            schemes.require_division(chosen, by, besides=(ALL,))
            made = estimates.latest_set(chosen)
            if made is None:
                raise SurveyError(gettext_noop("There are no numbers yet."))
            earlier = schemes.find(found, then) if then else None
            key = CellKey(by, level, variable)
            page = explanation_page(made, key, Since(since or yesterday(), earlier))
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        print_lines(self.stdout, lines(page))


def lines(page: ExplanationPage) -> Iterator[str]:
    """The page as text."""
    yield " · ".join(filter(None, (page.title, page.group)))
    interval = f" ({page.figure.interval})" if page.figure.interval else ""
    yield f"{page.figure.text}{interval} {page.figure.reason}".rstrip()
    yield from filter(None, (page.sentence, page.formula, page.worked, page.rule))
    yield from _facts(page.facts)
    yield from (f"! {flag}" for flag in page.flags)
    for step in page.steps:
        yield f"{step.left:>8} {step.title}" + "".join(f"; − {gone}" for gone in step.gone)
    yield from map(_answer, page.answers)
    if page.change:
        yield from _change(page.change)
    yield from _facts(page.source)


def _facts(facts: Sequence[Fact]) -> Iterator[str]:
    return (f"{fact.title}: {fact.text}" for fact in facts)


def _answer(answer: AnswerShown) -> str:
    counts = f"{answer.scored} + {answer.missing} + {answer.not_applicable}"
    below = f"{answer.below} <{answer.cutoff}" if answer.below else ""
    told = filter(None, (answer.mean, below, answer.words, answer.note))
    return f"{answer.item:>8} {counts}: {'; '.join(told)}"


def _change(change: ChangeShown) -> Iterator[str]:
    if change.then:
        yield f"{change.until}: {change.then} (n {change.n_then})"
        for cause in change.causes:
            yield f"{cause.amount:>8} {cause.share:>6} {cause.title} ({cause.people})"
        yield f"{change.total:>8} = {change.now} (n {change.n_now})"
    yield from filter(None, (change.note, change.weights))

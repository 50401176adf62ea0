"""What can be taken away, in which formats. Each package adds its own; pages and commands list them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from django.utils import timezone
from django.utils.functional import Promise

from surveys import jobs
from surveys.errors import SurveyError, gettext_noop
from surveys.jobs import Progress
from surveys.layers import Layer
from surveys.models import Job, Questionnaire, Survey, User
from surveys.questionnaires import form_of
from surveys.variables.listing import Several

Tick: TypeAlias = Callable[[], None]


class UnknownFormat(SurveyError):
    """A format that nothing here writes."""


class UnknownLanguage(SurveyError):
    """A language that the questionnaire does not speak."""


class NobodyWaits(SurveyError):
    status = 410


class ShortFile(SurveyError):
    """A file with fewer rows than there are: never offered."""

    status = 500


@dataclass(frozen=True)
class Order:
    """Who wants what. Without a person the operator of the server asks, who may see everything."""

    questionnaire: Questionnaire
    person: User | None = None
    language: str = ""  # of labels; blank for values
    layer: Layer = Layer.CORRECTED  # of interviews
    several: Several = Several.BOTH  # in formats of statistical packages

    @property
    def survey(self) -> Survey:
        return self.questionnaire.survey

    def require_language(self) -> None:
        """Raises UnknownLanguage where the questionnaire has no labels in the language."""
        if self.language and self.language not in languages_of(self.questionnaire):
            raise UnknownLanguage(
                gettext_noop("There are no labels in %(language)s. Choose one of: %(languages)s."),
                language=self.language,
                languages=", ".join(languages_of(self.questionnaire)) or "–",
            )


def languages_of(questionnaire: Questionnaire) -> dict[str, str]:
    """The languages of the current version, code to name."""
    if questionnaire.current is None:
        return {}
    return {language.code: language.name for language in form_of(questionnaire.current).languages}


@dataclass(frozen=True)
class Export:
    """One thing in one format. `write` calls its tick once a row. `extension` is that of the file
    where it is not always the format's.
    """

    what: str
    format: str
    title: str | Promise
    subject: str | Promise  # what it is of, whatever the format
    count: Callable[[Order], int]
    describe: Callable[[Order], str]
    write: Callable[[Order, Path, Tick], None]
    extension: Callable[[Order], str] | None = None

    @property
    def kind(self) -> str:
        return f"{self.what}_{self.format}"

    def file_name(self, order: Order) -> str:
        extension = self.extension(order) if self.extension else self.format
        layer = "" if order.layer == Layer.CORRECTED else f"-{order.layer}"
        day = f"{timezone.localdate():%Y-%m-%d}"
        return f"{order.survey.code}-{self.what}{layer}-{day}.{extension}"


EXPORTS: dict[str, Export] = {}


def add(export: Export) -> None:
    """Offer an export, and let workers make it as a job."""
    EXPORTS[export.kind] = export
    jobs.runner(export.kind, export.title)(_run)


def find(what: str, format_: str) -> Export:
    """Raises UnknownFormat with the formats that there are."""
    formats = [export.format for export in EXPORTS.values() if export.what == what]
    if format_ not in formats:
        raise UnknownFormat(
            gettext_noop(
                "The format %(format)s cannot be written yet. Choose one of: %(formats)s."
            ),
            format=format_,
            formats=", ".join(formats),
        )
    return EXPORTS[f"{what}_{format_}"]


def request(export: Export, order: Order) -> Job:
    """Ask for a file. The caller nudges a worker. Raises UnknownLanguage."""
    order.require_language()
    params = {
        "questionnaire": order.questionnaire.pk,
        "language": order.language,
        "layer": order.layer,
        "several": order.several,
    }
    return jobs.request(export.kind, order.survey, params, order.person)


def _run(job: Job, folder: Path, progress: Progress) -> Path:
    export, order = EXPORTS[job.kind], order_of(job)
    path = folder / export.file_name(order)
    expected = export.count(order)
    progress.expect(expected)
    export.write(order, path, progress.advance)
    require_rows(progress.done, expected)
    return path


def order_of(job: Job) -> Order:
    """The order behind a job. Without its person nobody's rights would limit it."""
    if job.requested_by is None:
        raise NobodyWaits(gettext_noop("The person who asked for this file is gone."))
    questionnaire = Questionnaire.objects.select_related("survey").get(
        pk=job.params["questionnaire"], survey=job.survey_id
    )
    layer = Layer(job.params.get("layer", Layer.CORRECTED))
    several = Several(job.params.get("several", Several.BOTH))
    return Order(questionnaire, job.requested_by, str(job.params["language"]), layer, several)


def require_rows(written: int, expected: int) -> None:
    """Raises ShortFile: rows that arrive meanwhile may be in the file, but none may be missing."""
    if written < expected:
        raise ShortFile(
            gettext_noop(
                "%(expected)s rows were due and %(written)s written. Ask for the file again."
            ),
            expected=expected,
            written=written,
        )

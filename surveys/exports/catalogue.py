"""What can be taken away, in which formats. Each package adds its own; pages and commands list them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from django.utils import timezone
from django.utils.functional import Promise

from surveys import audiences, jobs
from surveys.disclosure.terms import Terms
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.selection import EVERYTHING, NotSelectable, Selection
from surveys.jobs import Progress
from surveys.layers import Layer
from surveys.models import Audience, Job, Questionnaire, Survey, User
from surveys.models.audience import new_key
from surveys.questionnaires import form_of
from surveys.variables.listing import Several
from surveys.xforms.definition import FormDef

Tick: TypeAlias = Callable[[], None]


class UnknownFormat(SurveyError):
    """A format that nothing here writes."""


class UnknownLanguage(SurveyError):
    """A language that the questionnaire does not speak."""


class NobodyWaits(SurveyError):
    status = 410


class AudienceGone(SurveyError):
    """An audience that was deleted meanwhile: nothing leaves under other terms instead."""

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
    derived: bool = False  # weights, scores and the like beside the answers
    audience: Audience | None = None  # that a coordinator chose; others have theirs given
    formats: tuple[str, ...] = ()  # of the package; blank for all
    files: bool = False  # of answers, such as pictures, in the package; no audience gets any
    selection: Selection = EVERYTHING
    is_anonymous: bool = False  # for good: nobody has the key of its pseudonyms, no texts

    @property
    def survey(self) -> Survey:
        return self.questionnaire.survey

    @cached_property
    def given_to(self) -> Audience | None:
        """The audience that gets it, None where it is for somebody who sees answers as they are."""
        return audiences.audience_for(self.person, self.survey, self.audience)

    @cached_property
    def terms(self) -> Terms | None:
        """Under which it is given to an audience, where it is for one. Takes a few queries, once."""
        audience = self.given_to
        if audience is None:
            return None
        terms = audiences.terms_of(audience)
        return replace(terms, key=new_key(), texts=False) if self.is_anonymous else terms

    @cached_property
    def forms(self) -> Sequence[FormDef]:
        """Of all versions, the current one first."""
        return [form_of(version) for version in self.questionnaire.versions.order_by("-pk")]

    def require_language(self) -> None:
        """Raises UnknownLanguage where the questionnaire has no labels in the language."""
        if self.language and self.language not in languages_of(self.questionnaire):
            raise UnknownLanguage(
                gettext_noop("There are no labels in %(language)s. Choose one of: %(languages)s."),
                language=self.language,
                languages=", ".join(languages_of(self.questionnaire)) or "–",
            )

    def require_selectable(self) -> None:
        """Raises NotSelectable."""
        self.selection.require_known(self.survey, self.person)
        self.selection.require_told(self.terms)


def languages_of(questionnaire: Questionnaire) -> dict[str, str]:
    """The languages of the current version, code to name."""
    if questionnaire.current is None:
        return {}
    return {language.code: language.name for language in form_of(questionnaire.current).languages}


def always(_order: Order) -> bool:
    """For what there is of every questionnaire."""
    return True


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
    is_statistical: bool = False  # weights and scores go along unless an order says otherwise
    suits: Callable[[Order], bool] = always  # whether there is anything that it could hold
    is_of_interviews: bool = False  # of those that an order selects

    @property
    def kind(self) -> str:
        return f"{self.what}_{self.format}"

    def require_fit(self, order: Order) -> None:
        """Raises UnknownLanguage, NotSelectable."""
        order.require_language()
        order.require_selectable()
        if not (order.selection.is_all or self.is_of_interviews):
            raise NotSelectable(
                gettext_noop(
                    "%(what)s are of all interviews. Choose interviews, corrections or the package, "
                    "or leave out what selects."
                ),
                what=str(self.subject),
            )

    def extension_for(self, order: Order) -> str:
        return self.extension(order) if self.extension else self.format

    def file_name(self, order: Order, number: int) -> str:
        """With the job's number, by which several files of a day are told apart."""
        layer = "" if order.layer == Layer.CORRECTED else f"-{order.layer}"
        part = "" if order.selection.is_all else "-part"
        day = f"{timezone.localdate():%Y-%m-%d}"
        return f"{order.survey.code}-{self.what}{layer}{part}-{day}-{number}.{self.extension_for(order)}"


EXPORTS: dict[str, Export] = {}


def add(export: Export) -> None:
    """Offer an export, and let workers make it as a job."""
    EXPORTS[export.kind] = export
    jobs.runner(export.kind, export.title, has_answers=True)(_run)


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
    """Ask for a file. The caller nudges a worker. Raises UnknownLanguage, NotSelectable."""
    export.require_fit(order)
    params = {
        "questionnaire": order.questionnaire.pk,
        "language": order.language,
        "layer": order.layer,
        "several": order.several,
        "derived": order.derived,
        "audience": audience.pk if (audience := order.given_to) else None,
        "formats": list(order.formats),
        "files": order.files,
        "selection": order.selection.written(),
    }
    return jobs.request(export.kind, order.survey, params, order.person)


def _run(job: Job, folder: Path, progress: Progress) -> Path:
    export, order = EXPORTS[job.kind], order_of(job)
    path = folder / export.file_name(order, job.pk)
    expected = export.count(order)
    progress.expect(expected)
    export.write(order, path, progress.advance)
    require_rows(progress.done, expected)
    return path


def may_have(job: Job) -> bool:
    """Whether the person behind a job may still have what it made: who has lost the right to see who
    people are, or to choose an audience, has what the survey's analysts get.
    """
    if job.kind not in EXPORTS or job.requested_by is None:
        return True
    limited_to = audiences.audience_for(job.requested_by, job.survey, None)
    return limited_to is None or limited_to.pk == job.params.get("audience")


def order_of(job: Job) -> Order:
    """The order behind a job. Without its person nobody's rights would limit it."""
    if job.requested_by is None:
        raise NobodyWaits(gettext_noop("The person who asked for this file is gone."))
    questionnaire = Questionnaire.objects.select_related("survey").get(
        pk=job.params["questionnaire"], survey=job.survey_id
    )
    return Order(
        questionnaire,
        job.requested_by,
        language=str(job.params["language"]),
        layer=Layer(job.params.get("layer", Layer.CORRECTED)),
        several=Several(job.params.get("several", Several.BOTH)),
        derived=bool(job.params.get("derived")),
        audience=_audience_of(job),
        formats=tuple(job.params.get("formats", ())),
        files=bool(job.params.get("files")),
        selection=Selection.read(job.params.get("selection", {})),
    )


def _audience_of(job: Job) -> Audience | None:
    """Raises AudienceGone."""
    key = job.params.get("audience")
    if key is None:
        return None
    audience = Audience.objects.filter(pk=key, survey=job.survey_id).first()
    if audience is None:
        raise AudienceGone(
            gettext_noop("The audience of this file is gone. Ask for the file again.")
        )
    return audience


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

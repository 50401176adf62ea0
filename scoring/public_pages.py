"""The page that a survey shows to everybody: switched on with numbers as they are, and off again."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Q

from scoring import estimates
from scoring.maths import publicity
from scoring.maths.cells import ALL, Cell
from scoring.maths.kinds import INDEX
from scoring.maths.publicity import Said
from scoring.maths.scheme import SchemeSpec
from scoring.models import Estimate, EstimateSet, PublicPage, Scheme
from scoring.schemes import spec_of
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Survey, User

DIGITS = 3  # of estimates from 0 to 1, as they are shown


class NothingToShow(SurveyError):
    """There are no numbers to open to everybody."""

    status = 409


@dataclass(frozen=True)
class Words:
    """What a coordinator writes above and below the numbers, in English and in Chinese."""

    title: str
    title_zh: str = ""
    note: str = ""
    note_zh: str = ""
    is_listed: bool = False


@dataclass(frozen=True)
class Release:
    """Numbers as the public reads them: `rows` are fields of `Estimate`, one dictionary each.

    Numbers of people are rounded to fives; what is hidden has its reason and nothing else.
    """

    rows: list[dict[str, object]]
    interviews: int
    psus: int
    form_versions: list[str]
    weight_version: str
    is_probability_sample: bool


def release_of(made: EstimateSet) -> Release:
    """What the public would read of a set of estimates."""
    return Release(
        rows=list(_rows(made)),
        interviews=publicity.people(made.interviews),
        psus=made.psus,
        form_versions=list(made.form_versions),
        weight_version=made.weight_version,
        is_probability_sample=made.is_probability_sample
        and made.scheme.survey.is_probability_sample,
    )


@transaction.atomic
def open_page(survey: Survey, scheme: Scheme, words: Words, by: User) -> PublicPage:
    """Show everybody the latest wave's numbers, as they are now, under a scheme of the survey.

    They stay as they are until somebody opens the page again. Raises NothingToShow.
    """
    made = estimates.latest_set(scheme)
    if made is None:
        raise NothingToShow(
            gettext_noop(
                "The scheme %(scheme)s has no numbers yet. Wait for the first interviews."
            ),
            scheme=scheme.name,
        )
    return _kept(
        survey,
        is_on=True,
        scheme=scheme,
        wave=made.wave,
        numbers=asdict(release_of(made)),
        as_of=made.computed_at,
        changed_by=by,
        **asdict(words),
    )


@transaction.atomic
def reword(survey: Survey, words: Words, by: User) -> PublicPage:
    """Change what is written on the page; whether it is on, and its numbers, stay."""
    return _kept(survey, changed_by=by, **asdict(words))


@transaction.atomic
def close_page(survey: Survey, by: User) -> PublicPage:
    """Show nobody anything any more; the words are kept for the next time."""
    return _kept(survey, is_on=False, scheme=None, wave=None, numbers={}, as_of=None, changed_by=by)


def page_at(code: str) -> PublicPage | None:
    """The page that everybody may read at the code of a survey, if it is on."""
    found = PublicPage.objects.filter(
        survey__code=code, is_on=True, scheme__isnull=False, wave__isnull=False
    )
    return found.select_related("survey", "scheme", "wave").first()


def _kept(survey: Survey, **fields: object) -> PublicPage:
    page, _ = PublicPage.objects.update_or_create(survey=survey, defaults=fields)
    return page


def _rows(made: EstimateSet) -> Iterator[dict[str, object]]:
    found = {
        Cell(row.by, row.level, row.variable): row
        for row in made.estimates.filter(_of_page(spec_of(made.scheme))).order_by(
            "by", "level", "variable"
        )
    }
    said = {cell: Said(row.suppressed, row.flags) for cell, row in found.items()}
    hidden = publicity.withheld(said)
    for cell, row in found.items():
        yield {**cell._asdict(), **_told(row, hidden.get(cell, ""))}


def _of_page(spec: SchemeSpec) -> Q:
    """The numbers of the page: everybody's, and the index and standards of groups."""
    of_groups = {INDEX, *(standard.name for standard in spec.weighted)}
    of_all = {
        *(standard.name for standard in spec.standards),
        *(kind.at(k) for k in spec.k_list for kind in publicity.TOGETHER),
    }
    ways = {way.name for way in spec.disaggregations}
    return Q(by=ALL, variable__in=of_groups | of_all) | Q(by__in=ways, variable__in=of_groups)


def _told(row: Estimate, hidden: str) -> dict[str, object]:
    if hidden or row.estimate is None or row.n is None:
        return {"suppressed": hidden}
    ends = {"estimate": row.estimate, "low": row.low, "high": row.high}
    return {
        "n": publicity.people(row.n),
        "df": row.df,
        **{name: None if end is None else round(end, DIGITS) for name, end in ends.items()},
    }

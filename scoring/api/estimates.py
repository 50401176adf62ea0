"""Published estimates; what must not be shown is not there, and why is said."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from scoring.estimates import latest_set
from scoring.exports.rows import HEADER, rows_of
from scoring.models import Estimate, EstimateSet, Scheme
from surveys.api.access import holder_of, survey_for
from surveys.api.asked import UnknownValue, limit_in, require_known, require_one_of
from surveys.api.paging import UnknownPlace, address_after, opened, sealed
from surveys.api_tokens import Holder, Scope
from surveys.errors import gettext_noop
from surveys.moments import in_utc

router = Router(tags=["Indicators"])
NAMES = ("variable", "by", "level")  # that one can ask for
KEY = ("by", "level", "variable")  # and their order
MOST, USUAL = 2_000, 500  # numbers a page
LEFT_OUT = ("scheme", "form_versions", "computed")  # said once, of all rows


class SchemeOut(Schema):
    id: int
    survey: str
    name: str
    is_default: bool


class EstimatesQuery(Schema):
    wave: str = Field("", description="the number of a wave; without, the latest with interviews")
    by: str = Field("", description="a way to divide people, such as city; `all` for everybody")
    level: str = Field("", description="one group of it")
    variable: str = Field("", description="one number, such as score")
    limit: str = Field(str(USUAL), description=f"numbers a page, up to {MOST}")
    after: str = Field("", description="where a page begins; as `next` says it")


class EstimateOut(Schema):
    """Where `withheld` says why, no number is told."""

    variable: str
    by: str
    level: str
    n: int | None
    estimate: float | None
    se: float | None
    deff: float | None
    df: float | None
    low: float | None
    high: float | None
    withheld: str


class EstimatesOut(Schema):
    scheme: str
    wave: int
    interviews: int
    form_versions: list[str]
    weights: str
    computed: str
    estimates: list[EstimateOut]
    next: str | None


@router.get("/surveys/{slug:code}/schemes", response=list[SchemeOut])
def list_schemes(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """The schemes of a survey, the default first."""
    require_known(request)
    holder = _holder(request)
    found = _schemes(holder).filter(survey=survey_for(holder, code))
    return [
        {
            "id": scheme.pk,
            "survey": scheme.survey.code,
            "name": scheme.name,
            "is_default": scheme.is_default,
        }
        for scheme in found.order_by("-is_default", "name")
    ]


@router.get("/schemes/{int:scheme_id}/estimates", response=EstimatesOut)
def list_estimates(
    request: HttpRequest, scheme_id: int, query: Query[EstimatesQuery]
) -> dict[str, Any]:
    """Published numbers of a wave under a scheme, with their uncertainty."""
    require_known(request, EstimatesQuery)
    scheme = _schemes(_holder(request)).filter(pk=scheme_id).first()
    if scheme is None:
        raise Http404
    made = _set(scheme, query.wave)
    page, following = _page(request, _asked_for(made, query), query)
    rows = [dict(zip(HEADER, row, strict=True)) for row in rows_of(made, page)]
    return {
        "scheme": scheme.name,
        "wave": made.wave.number,
        "interviews": made.interviews,
        "form_versions": made.form_versions,
        "weights": made.weight_version,
        "computed": in_utc(made.computed_at),
        "estimates": [{name: row[name] for name in row if name not in LEFT_OUT} for row in rows],
        "next": following,
    }


def _asked_for(made: EstimateSet, query: EstimatesQuery) -> QuerySet[Estimate]:
    """Raises UnknownValue."""
    found = made.estimates.all()
    for name in NAMES:
        wanted = getattr(query, name)
        if wanted:
            known = list(found.order_by(name).values_list(name, flat=True).distinct())
            require_one_of(name, wanted, known)
            found = found.filter(**{name: wanted})
    return found


def _page(
    request: HttpRequest, found: QuerySet[Estimate], query: EstimatesQuery
) -> tuple[list[Estimate], str | None]:
    """The estimates behind a place, and the address of the page behind these. Raises UnknownPlace,
    UnknownValue.
    """
    most = limit_in(query.limit, MOST)
    if query.after:
        by, level, variable = _key_in(query.after)
        same_level = Q(by=by, level=level, variable__gt=variable)
        found = found.filter(Q(by__gt=by) | Q(by=by, level__gt=level) | same_level)
    page = list(found.order_by(*KEY)[: most + 1])
    if len(page) <= most:
        return page, None
    last = page[most - 1]
    return page[:most], address_after(request, sealed([getattr(last, name) for name in KEY]))


def _key_in(text: str) -> list[str]:
    """Raises UnknownPlace."""
    try:
        by, level, variable = opened(text)
    except ValueError as error:
        raise UnknownPlace from error
    return [str(by), str(level), str(variable)]


def _set(scheme: Scheme, wave: str) -> EstimateSet:
    """Of a wave by its number, else of the latest. Raises UnknownValue where there is none."""
    if wave:
        made = {str(one.wave.number): one for one in scheme.estimate_sets.select_related("wave")}
        require_one_of("wave", wave, sorted(made))
        return made[wave]
    found = latest_set(scheme)
    if found is None:
        raise UnknownValue(
            gettext_noop("No indicators yet: they appear a few seconds after the first interview.")
        )
    return found


def _holder(request: HttpRequest) -> Holder:
    holder = holder_of(request)
    holder.require(Scope.READ_ESTIMATES)
    return holder


def _schemes(holder: Holder) -> QuerySet[Scheme]:
    found = Scheme.objects.filter(survey__in=holder.surveys.values("pk"))
    return found.select_related("survey")

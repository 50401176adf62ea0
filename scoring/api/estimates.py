"""Published estimates; what must not be shown is not there, and why is said."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from scoring.estimates import latest_set
from scoring.exports.rows import HEADER, rows_of
from scoring.models import EstimateSet, Scheme
from surveys.api.access import holder_of, survey_for
from surveys.api.asked import UnknownValue, require_known, require_one_of
from surveys.api_tokens import Holder, Scope
from surveys.errors import gettext_noop
from surveys.moments import in_utc

router = Router(tags=["Indicators"])
NAMES = ("variable", "by", "level")  # that one can ask for
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
    rows = [dict(zip(HEADER, row, strict=True)) for row in rows_of(made)]
    return {
        "scheme": scheme.name,
        "wave": made.wave.number,
        "interviews": made.interviews,
        "form_versions": made.form_versions,
        "weights": made.weight_version,
        "computed": in_utc(made.computed_at),
        "estimates": _asked_for(rows, query),
    }


def _asked_for(rows: list[dict[str, Any]], query: EstimatesQuery) -> list[dict[str, Any]]:
    for name in NAMES:
        wanted = getattr(query, name)
        if wanted:
            require_one_of(name, wanted, sorted({str(row[name]) for row in rows}))
            rows = [row for row in rows if row[name] == wanted]
    return [{name: row[name] for name in row if name not in LEFT_OUT} for row in rows]


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

"""Interviews: pages of them with filters, in order of key or of change, and one with its repeats."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from surveys.api.access import holder_of, questionnaire_for
from surveys.api.asked import (
    UnknownValue,
    choice_in,
    choices_in,
    day_in,
    moment_in,
    parts_of,
    require_known,
    require_one_of,
)
from surveys.api.conditions import BEGINNING, NUMBERS, conditions_in
from surveys.api.paging import (
    MOST,
    USUAL,
    Place,
    in_utc,
    next_address,
    opened,
    page_of,
    place_in,
    sealed,
)
from surveys.api_tokens import Holder, Scope
from surveys.disclosure.coarseness import Dates, coarse_moment
from surveys.disclosure.terms import Terms
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.catalogue import Order
from surveys.exports.columns import Column, Layout
from surveys.exports.interviews import interviews_of, layouts_for
from surveys.exports.rows import Rows, pages_of
from surveys.horizon import horizon
from surveys.layers import Layer
from surveys.models import Interview, Site
from surveys.models.interview import InterviewQuerySet
from surveys.xforms.definition import SEVERAL

router = Router(tags=["Interviews"])
INTERVIEWS = "/questionnaires/{int:questionnaire_id}/interviews"


class NotOneByOne(SurveyError):
    """An interview by its id, for who is given pseudonyms."""

    status = 403


class NotTold(SurveyError):
    """A filter that would tell more than exports do."""

    status = 403


class Words(Schema):
    """Which answers, in which words."""

    layer: str = Field("corrected", description="raw, corrected or published")
    language: str = Field("", description="labels in this language; without, values as stored")


class InterviewsQuery(Words):
    """Beside these, conditions on answers to any question: `answers.age[gte]=16`."""

    repeats: str = Field("", description="yes: with the instances of repeats")
    limit: str = Field(str(USUAL), description=f"interviews a page, up to {MOST}")
    after: str = Field("", description="where a page begins; as `next` says it")
    site: str = Field("", description="codes of sites, with commas between")
    state: str = Field(
        "", description="submitted, quarantined, flagged, returned, approved, rejected"
    )
    outcome: str = Field("", description="completed, partial, refused")
    form_version: str = Field("", description="versions of the questionnaire")
    received_since: str = Field("", description="a moment, or a day")
    received_before: str = Field("", description="a moment, or a day")
    changed_since: str = Field(
        "", description="in order of change from this moment on, or from a `changed_until`"
    )


class Answered(Schema):
    """`facts` are such as state, outcome, site, started, received, as exports name them. For who may
    not see people, ids are pseudonyms, and moments as coarse as in exports.
    """

    interview_id: str
    changed: str
    facts: Mapping[str, str]
    answers: Mapping[str, Any]
    repeats: Mapping[str, list["InstanceOut"]] | None


class InstanceOut(Schema):
    parent_key: str
    key: str
    place: int
    answers: Mapping[str, Any]


class InterviewPage(Schema):
    """Follow `next` until it is null; a page may be short, or empty, before. What changes after
    `changed_until` is found from there on with `changed_since`.
    """

    interviews: list[Answered]
    next: str | None
    changed_until: str


@router.get(INTERVIEWS, response=InterviewPage)
def list_interviews(
    request: HttpRequest, questionnaire_id: int, query: Query[InterviewsQuery]
) -> dict[str, Any]:
    """Interviews a page at a time; conditions on answers as `answers.<name>=value`."""
    require_known(request, InterviewsQuery, beside=BEGINNING)
    order = _order(request, questionnaire_id, query)
    layouts = _layouts(order, query)
    terms = layouts[""].terms
    rows = _filtered(interviews_of(order), order, query, terms)
    rows = _conditioned(rows, order, request)
    place = _place(query, terms)
    page = page_of(rows, place, _limit(query.limit))
    return {
        "interviews": list(_told(page.keys, layouts, order)),
        "next": next_address(request, page),
        "changed_until": in_utc(place.until)
        if terms is None
        else sealed([place.until.isoformat()]),
    }


@router.get(INTERVIEWS + "/{root_uuid}", response=Answered)
def get_interview(
    request: HttpRequest, questionnaire_id: int, root_uuid: str, query: Query[Words]
) -> dict[str, Any]:
    """One interview, with the instances of its repeats; for who may see people."""
    require_known(request, Words)
    order = _order(request, questionnaire_id, query)
    layouts = layouts_for(order)
    if layouts[""].terms is not None:
        raise NotOneByOne(
            gettext_noop(
                "You are given pseudonyms, so no interview is found by its id. Ask for all with "
                "`repeats=yes`."
            )
        )
    found = interviews_of(order).filter(root_uuid=root_uuid).values_list("pk", flat=True)
    told = next(_told(list(found), layouts, order), None)
    if told is None:
        raise Http404
    return told


def _layouts(order: Order, query: InterviewsQuery) -> dict[str, Layout]:
    """Of what is told: without repeats, whose instances take reading the XML, unless asked for."""
    layouts = layouts_for(order)
    if query.repeats:
        require_one_of("repeats", query.repeats, ["yes"])
        return layouts
    return {"": replace(layouts[""], repeats=())}


def _order(request: HttpRequest, questionnaire_id: int, query: Words) -> Order:
    holder = holder_of(request)
    holder.require(Scope.READ_INTERVIEWS)
    return order_for(holder, questionnaire_id, query.layer, query.language)


def order_for(holder: Holder, questionnaire_id: int, layer: str, language: str) -> Order:
    """Whose answers in which words. Raises Http404, UnknownValue, UnknownLanguage."""
    order = Order(
        questionnaire_for(holder, questionnaire_id),
        holder.person,
        language,
        choice_in("layer", layer, Layer),
    )
    order.require_language()
    return order


def _filtered(
    rows: InterviewQuerySet, order: Order, query: InterviewsQuery, terms: Terms | None
) -> InterviewQuerySet:
    if query.site:
        _require_told("site", terms is None or terms.gives_fact("site"))
        rows = rows.filter(site__in=_sites(order, parts_of(query.site)))
    if query.state:
        rows = rows.filter(state__in=choices_in("state", query.state, Interview.State))
    if query.outcome:
        rows = rows.filter(outcome__in=choices_in("outcome", query.outcome, Interview.Outcome))
    if query.form_version:
        rows = rows.filter(current__claimed_version__in=_versions(order, query.form_version))
    if query.received_since:
        rows = rows.filter(received_at__gte=_moment("received_since", query.received_since, terms))
    if query.received_before:
        rows = rows.filter(received_at__lt=_moment("received_before", query.received_before, terms))
    return rows


def _moment(parameter: str, given: str, terms: Terms | None) -> datetime:
    """A moment as fine as those that are told: asking for halves of an hour would find the minute.

    Raises UnknownValue, NotTold.
    """
    if terms is not None and terms.dates is not Dates.EXACT:
        _require_told(parameter, terms.dates is Dates.DAY and day_in(given) is not None)
    return moment_in(parameter, given)


def _require_told(parameter: str, is_told: bool) -> None:  # noqa: FBT001
    if not is_told:
        raise NotTold(
            gettext_noop(
                "`%(parameter)s` asks for more than you are told: see how coarse places and dates "
                "are in your exports. Moments can be whole days at most, and often none."
            ),
            parameter=parameter,
        )


def _sites(order: Order, codes: Sequence[str]) -> list[int]:
    """The keys of the sites that the person sees. Raises UnknownValue."""
    assert order.person is not None  # noqa: S101 - tells mypy
    seen = Site.objects.visible_to(order.person).filter(survey=order.survey)
    found = dict(seen.filter(code__in=codes).values_list("code", "pk"))
    for code in codes:
        if code not in found:
            require_one_of("site", code, list(seen.values_list("code", flat=True)[:50]))
    return list(found.values())


def _versions(order: Order, given: str) -> list[str]:
    known = list(order.questionnaire.versions.values_list("version", flat=True))
    for version in parts_of(given):
        require_one_of("form_version", version, known)
    return parts_of(given)


def _conditioned(rows: InterviewQuerySet, order: Order, request: HttpRequest) -> InterviewQuerySet:
    """Conditions look at answers as they are now, in columns that are told as they are."""
    seen = layouts_for(replace(order, language=""))[""].columns
    columns = [column for column in seen if column.coarsen is None]
    conditions = list(conditions_in(request.GET, columns))
    if conditions and order.layer == Layer.RAW:
        raise UnknownValue(
            gettext_noop("Conditions on answers look at corrected ones: ask without `layer=raw`.")
        )
    for number, condition in enumerate(conditions):
        rows = condition.found_in(rows, f"answer_{number}")
    return rows


def _place(query: InterviewsQuery, terms: Terms | None) -> Place:
    if query.after:
        return place_in(query.after)
    since = _since(query.changed_since, terms) if query.changed_since else None
    return Place(horizon(), changed=since)


def _since(given: str, terms: Terms | None) -> datetime:
    """A moment, or one that was given out as `changed_until`."""
    try:
        (moment,) = opened(given)
        return datetime.fromisoformat(moment)
    except (ValueError, TypeError):
        return _moment("changed_since", given, terms)


def _limit(given: str) -> int:
    """Raises UnknownValue."""
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= MOST):
        raise UnknownValue(
            gettext_noop("`limit` is a whole number from 1 to %(most)s; it is “%(given)s”."),
            most=MOST,
            given=given,
        )
    return int(given)


def _told(
    keys: Sequence[int], layouts: Mapping[str, Layout], order: Order
) -> Iterator[dict[str, Any]]:
    """The interviews of a page: in its order, or for an audience in that of their pseudonyms."""
    here = Interview.objects.filter(pk__in=keys)
    changed = dict(here.values_list("pk", "changed_at"))
    read = {rows.pk: rows for page in pages_of(here, layouts, order.layer) for rows in page}
    for pk in keys if layouts[""].terms is None else read:
        if pk in read and pk in changed:
            yield _interview(read[pk], layouts, changed[pk])


def _interview(rows: Rows, layouts: Mapping[str, Layout], changed: datetime) -> dict[str, Any]:
    own, row = layouts[""], rows.by_repeat[""][0]
    repeats = {
        key: [_instance(one, layout) for one in rows.by_repeat[key]]
        for key, layout in layouts.items()
        if key
    }
    return {
        "interview_id": rows.interview_id,
        "changed": _as_told(changed, own.terms),
        "facts": dict(zip(own.facts, row[: len(own.facts)], strict=True)),
        "answers": _answers(own, row),
        "repeats": repeats if len(layouts) > 1 else None,
    }


def _as_told(moment: datetime, terms: Terms | None) -> str:
    if terms is None or terms.dates is Dates.EXACT:
        return in_utc(moment)
    return coarse_moment(timezone.localtime(moment).isoformat(), terms.dates)


def _instance(row: Sequence[str], layout: Layout) -> dict[str, Any]:
    facts = dict(zip(layout.facts, row[: len(layout.facts)], strict=True))
    names = ("parent_key", "key", "place")
    return {**{name: facts[name] for name in names}, "answers": _answers(layout, row)}


def _answers(layout: Layout, row: Sequence[str]) -> dict[str, Any]:
    cells = row[len(layout.facts) : len(layout.facts) + len(layout.columns)]
    return {
        column.name: _cell(column, cell) for column, cell in zip(layout.columns, cells, strict=True)
    }


def _cell(column: Column, cell: str) -> str | float | int | list[str] | None:
    """A number as one, several choices as a list, no answer as null."""
    if not cell:
        return None
    if column.kind in NUMBERS:
        return _number(cell)
    if column.kind in SEVERAL and not column.labels:
        return cell.split()
    return cell


def _number(cell: str) -> str | float | int:
    """Words stay words, such as those of an answer that is coarsened."""
    try:
        number = float(cell)
    except ValueError:
        return cell
    return int(number) if number.is_integer() and abs(number) < 2**53 else number

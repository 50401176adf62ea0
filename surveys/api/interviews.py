"""Interviews: pages of them with filters, in order of key or of change, and one with its repeats."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from surveys.api.access import holder_of, order_for
from surveys.api.answers import told
from surveys.api.asked import limit_in, require_known, require_one_of
from surveys.api.conditions import BEGINNING
from surveys.api.filters import (
    InterviewsQuery,
    Words,
    conditioned,
    filtered,
    place_for,
    until_told,
)
from surveys.api.paging import MOST, next_address, page_of
from surveys.api_tokens import Scope
from surveys.errors import SurveyError, gettext_noop
from surveys.exports.catalogue import Order
from surveys.exports.columns import Layout
from surveys.exports.interviews import interviews_of, layouts_for

router = Router(tags=["Interviews"])
INTERVIEWS = "/questionnaires/{int:questionnaire_id}/interviews"


class NotOneByOne(SurveyError):
    """An interview by its id, for who is given pseudonyms."""

    status = 403


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
    rows = filtered(interviews_of(order), order, query, terms)
    rows, keep = conditioned(rows, order, request.GET)
    place = place_for(query.after, query.changed_since, terms)
    page = page_of(rows, place, limit_in(query.limit, MOST), keep)
    return {
        "interviews": list(told(page.keys, layouts, order)),
        "next": next_address(request, page.behind),
        "changed_until": until_told(place, terms),
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
    interview = next(told(list(found), layouts, order), None)
    if interview is None:
        raise Http404
    return interview


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

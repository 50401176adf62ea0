"""Interviews that were erased, for who keeps a copy and must erase them there too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from surveys import tombstones
from surveys.api.access import holder_of, questionnaire_for
from surveys.api.answers import as_told
from surveys.api.asked import limit_in, require_known
from surveys.api.filters import since_in
from surveys.api.paging import UnknownPlace, address_after, opened, sealed
from surveys.api_tokens import Scope
from surveys.disclosure.terms import Terms
from surveys.exports.catalogue import Order
from surveys.horizon import horizon
from surveys.models import Tombstone
from surveys.moments import in_utc

router = Router(tags=["Interviews"])
MOST, USUAL = 1_000, 500  # interviews a page


class ErasedQuery(Schema):
    changed_since: str = Field("", description="a moment, or a `changed_until`; without, all")
    limit: str = Field(str(USUAL), description=f"interviews a page, up to {MOST}")
    after: str = Field("", description="where a page begins; as `next` says it")


class ErasedOut(Schema):
    """`interview_id` as interviews are told: a pseudonym for who is given pseudonyms."""

    interview_id: str
    erased: str


class ErasedPage(Schema):
    erased: list[ErasedOut]
    next: str | None
    changed_until: str


@router.get("/questionnaires/{int:questionnaire_id}/erased", response=ErasedPage)
def list_erased(
    request: HttpRequest, questionnaire_id: int, query: Query[ErasedQuery]
) -> dict[str, Any]:
    """Interviews that were erased: what to erase in a copy. Nothing else is left of them."""
    require_known(request, ErasedQuery)
    holder = holder_of(request)
    holder.require(Scope.READ_INTERVIEWS)
    order = Order(questionnaire_for(holder, questionnaire_id), holder.person)
    terms = order.terms
    since, key, until = _place(query, terms)
    told = Tombstone.objects.told_to(holder.person).filter(questionnaire=order.questionnaire)
    most = limit_in(query.limit, MOST)
    found = list(tombstones.erased_from(told, since, key, until)[: most + 1])
    page, has_more = found[:most], len(found) > most
    behind = (
        sealed([page[-1].erased_at.isoformat(), page[-1].pk, until.isoformat()]) if has_more else ""
    )
    return {
        "erased": _told(page, terms),
        "next": address_after(request, behind) if behind else None,
        "changed_until": in_utc(until) if terms is None else sealed([until.isoformat()]),
    }


def _told(page: Sequence[Tombstone], terms: Terms | None) -> list[dict[str, str]]:
    """For an audience in the order of pseudonyms."""
    names = [terms.pseudonym(one.root_uuid) if terms else one.root_uuid for one in page]
    told = [
        {"interview_id": name, "erased": as_told(one.erased_at, terms)}
        for name, one in zip(names, page, strict=True)
    ]
    return sorted(told, key=lambda one: one["interview_id"]) if terms else told


def _place(query: ErasedQuery, terms: Terms | None) -> tuple[datetime | None, int, datetime]:
    """From when on, behind which key of that moment, and until when. Raises UnknownPlace,
    UnknownValue, NotTold.
    """
    if not query.after:
        since = since_in(query.changed_since, terms) if query.changed_since else None
        return since, 0, horizon()
    try:
        since_text, key, until = opened(query.after)
        return datetime.fromisoformat(since_text), int(key), datetime.fromisoformat(until)
    except (ValueError, TypeError) as error:
        raise UnknownPlace from error

"""Interviews that were erased, for who keeps a copy and must erase them there too."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from surveys import tombstones
from surveys.api.access import holder_of, questionnaire_for
from surveys.api.answers import as_told
from surveys.api.asked import limit_in, require_known
from surveys.api.filters import place_for, until_told
from surveys.api.paging import Place, next_address
from surveys.api_tokens import Scope
from surveys.disclosure.terms import Terms
from surveys.exports.catalogue import Order
from surveys.models import Tombstone

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
    place = place_for(query.after, query.changed_since, terms)
    told = Tombstone.objects.told_to(holder.person).filter(questionnaire=order.questionnaire)
    most = limit_in(query.limit, MOST)
    found = list(tombstones.erased_from(told, place.changed, place.pk, place.until)[: most + 1])
    page = found[:most]
    behind = Place(place.until, page[-1].pk, page[-1].erased_at) if len(found) > most else None
    return {
        "erased": _told(page, terms),
        "next": next_address(request, behind),
        "changed_until": until_told(place, terms),
    }


def _told(page: Sequence[Tombstone], terms: Terms | None) -> list[dict[str, str]]:
    """For an audience in the order of pseudonyms."""
    names = [terms.pseudonym(one.root_uuid) if terms else one.root_uuid for one in page]
    told = [
        {"interview_id": name, "erased": as_told(one.erased_at, terms)}
        for name, one in zip(names, page, strict=True)
    ]
    return sorted(told, key=lambda one: one["interview_id"]) if terms else told

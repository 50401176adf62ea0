"""Interviews that were erased: told so that whoever has older files deletes them there too."""

from typing import Any

from django.utils import timezone

from surveys.exports.catalogue import Order
from surveys.exports.watermark import day_given
from surveys.models import Tombstone
from surveys.tombstones import hash_of


def erased_told(order: Order) -> list[dict[str, Any]]:
    """All that the person may know of, the oldest erasure first: by the SHA-256 of the interview's id,
    for an audience by its pseudonym and the day as coarse as it is told days.

    All, not those since the last package: the same data make the same package, and it matters not
    which older one somebody has.
    """
    found = Tombstone.objects.filter(questionnaire=order.questionnaire)
    if order.person is not None:
        found = found.told_to(order.person)
    rows = found.order_by("erased_at", "pk").values_list("root_uuid", "erased_at")
    terms = order.terms
    if terms is None:
        return [
            {
                "interview_id_sha256": hash_of(root),
                "erased": timezone.localtime(erased).isoformat(timespec="seconds"),
            }
            for root, erased in rows
        ]
    days = ((root, day_given(erased, terms)) for root, erased in rows)
    return [
        {"person_key": terms.pseudonym(root), "erased": day and day.isoformat()}
        for root, day in days
    ]

"""A back-checker's work: which interviews to visit again, and the drafts in which that is done."""

from django.db import transaction
from django.db.models import QuerySet

from surveys import drafts
from surveys.errors import SurveyError, gettext_noop
from surveys.models import Draft, Questionnaire, SecondVisit, User


class NotToVisit(SurveyError):
    """A second visit that is not, or not any more, this person's to make."""

    status = 404


def waiting_for(person: User) -> QuerySet[SecondVisit]:
    """What the person has to visit again and has not begun, site by site; nothing of the answers."""
    return (
        SecondVisit.objects.filter(
            checker=person,
            visit=None,
            draft=None,
            interview__site__isnull=False,
            backcheck__short__state=Questionnaire.State.OPEN,
        )
        .select_related("interview__site__city", "interview__case", "backcheck__short")
        .defer("interview__answers", "interview__skipped")
        .order_by("interview__site__code", "pk")
    )


@transaction.atomic
def begin(person: User, pk: int) -> Draft:
    """The draft of a second visit: the one that was begun, or a new one at the interview's site.

    Raises NotToVisit, FormClosed or KeyClosed.
    """
    visit = (
        SecondVisit.objects.select_for_update(of=("self",))
        .select_related(
            "interview__site__survey", "backcheck__short", "draft__site", "draft__version"
        )
        .filter(checker=person, visit=None, pk=pk)
        .first()
    )
    if visit is None or visit.interview.site is None:
        raise NotToVisit(
            gettext_noop("There is nothing to visit again here any more. Look at your first page.")
        )
    begun = visit.draft
    if begun is not None:
        begun.enumerator = person  # who carries the key
        return begun
    draft = Draft(enumerator=person, site=visit.interview.site)
    visit.draft = drafts.begin(draft, visit.backcheck.short, visit.interview.root_uuid)
    visit.save(update_fields=["draft"])
    return draft

"""An enumerator's first page: my sites, drafts to go on with, interviews that were received."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import drafts, fieldwork, memberships, second_visits, worklists
from surveys.draft_keys import FormerKey
from surveys.models import Draft, Interview, Questionnaire, Site, User
from surveys.slots import Slots, reserve
from surveys.webform.attempts import case_in
from surveys.webform.conversation import conversation_of
from surveys.webform.pages import PersonRequest, person_page
from surveys.webform.progress import first_unfinished
from surveys.webform.returned import returned_to
from surveys.webform.versions import first_url, live_draft_url
from surveys.worklists import Progress

RECENT = 10
MOST_AGAIN = 50  # second visits that are shown
DUE = 6  # call-backs that are shown; each site says how many it has


@dataclass(frozen=True)
class SiteCard:
    """A site to work at: its progress, what can be started there, and with whom if people were
    selected beforehand.
    """

    site: Site
    received: int
    questionnaires: Sequence[Questionnaire]
    people: Progress | None = None
    slots: Slots | None = None  # where others work too

    @property
    def city(self) -> str:
        return str(self.site.city or "")

    @property
    def to_go(self) -> int:
        return max(self.site.target - self.received, 0)


@dataclass(frozen=True)
class DraftRow:
    """A draft to go on with: the section at which to do so, and its live page.

    One that `is_closed` was sealed with a former key: only the phone that has it opens it.
    """

    draft: Draft
    live: str
    answered: int = 0
    asked: int = 0
    section: int | None = None
    is_closed: bool = False


@require_safe
@person_page
def home(request: PersonRequest) -> HttpResponse:
    cards = site_cards(request.user)
    context = {
        "cards": cards,
        "first_open": next((card for card in cards if card.to_go and card.questionnaires), None),
        "received": sum(card.received for card in cards),
        "target": sum(card.site.target for card in cards),
        "returned": returned_to(request.user),
        "due": worklists.due_for(request.user, _tonight(), DUE) if _any_listed(cards) else (),
        "now": timezone.now(),
        "again": second_visits.waiting_for(request.user)[:MOST_AGAIN],
        "drafts": draft_rows(request.user),
        "sent": sent_recently(request.user),
        "is_staff": memberships.is_staff(request.user),
    }
    return render(request, "surveys/home.html", context)


def _any_listed(cards: Sequence[SiteCard]) -> bool:
    return any(card.people for card in cards)


def _tonight() -> datetime:
    """The end of the day here: whom to come back to today is told in the morning."""
    return timezone.localtime().replace(hour=23, minute=59, second=59)


def site_cards(enumerator: User) -> list[SiteCard]:
    sites = list(fieldwork.sites_for(enumerator))
    surveys = {site.survey_id for site in sites}
    questionnaires = Questionnaire.objects.visible_to(enumerator).open().main()
    startable = list(questionnaires.filter(survey__in=surveys, current__isnull=False))
    people = worklists.progress_at(sites)
    slots = reserve(enumerator, sites)
    return [
        SiteCard(
            site,
            site.received,  # type: ignore[attr-defined]  # counted by sites_for
            [q for q in startable if q.survey_id == site.survey_id],
            people.get(site.pk),
            slots.get(site.pk),
        )
        for site in sites
    ]


def draft_rows(enumerator: User) -> list[DraftRow]:
    drafts_of = (
        Draft.objects.filter(enumerator=enumerator)
        .select_related("site", "version__questionnaire")
        .defer("version__xml", "version__workbook", "version__definition")
    )
    return [_draft_row(draft, enumerator) for draft in drafts_of]


def _draft_row(draft: Draft, enumerator: User) -> DraftRow:
    draft.enumerator = enumerator  # who carries the key
    try:
        conversation = conversation_of(draft)
    except FormerKey:
        return DraftRow(draft, live_draft_url(draft), is_closed=True)
    return DraftRow(
        draft,
        live_draft_url(draft),
        conversation.answered,
        conversation.asked,
        first_unfinished(conversation.sections),
    )


def sent_recently(enumerator: User) -> list[Interview]:
    mine = Interview.objects.visible_to(enumerator).filter(
        enumerator=enumerator, current__isnull=False
    )
    return list(mine.select_related("site").defer("answers", "skipped")[:RECENT])


@require_http_methods(["GET", "POST"])
@person_page
def fill(request: PersonRequest, questionnaire_id: int) -> HttpResponse:
    """Start an interview (POST), after choosing a site where the address names none (GET)."""
    questionnaire = get_object_or_404(
        Questionnaire.objects.visible_to(request.user).main(), pk=questionnaire_id
    )
    code = (request.POST or request.GET).get("site", "").replace("\x00", "")  # PostgreSQL has none
    if request.method == "GET" or not code:
        return _choose_site(request, questionnaire, code)
    site = Site.objects.filter(survey=questionnaire.survey_id, code=code).first()
    if site is None:
        raise Http404
    draft = drafts.start(request.user, site, questionnaire, case_in(request, site))
    return redirect(first_url(draft, is_live="live" in request.POST))


def _choose_site(request: PersonRequest, questionnaire: Questionnaire, code: str) -> HttpResponse:
    cards = [card for card in site_cards(request.user) if questionnaire in card.questionnaires]
    context = {"questionnaire": questionnaire, "cards": cards, "chosen": code}
    return render(request, "surveys/choose_site.html", context)


def say_kept(request: PersonRequest, draft: Draft) -> None:
    messages.success(
        request, _("The interview at %(site)s is kept as a draft.") % {"site": draft.site.code}
    )

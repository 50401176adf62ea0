"""Selected people: listed by file, read one by one, and counted by what became of them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from surveys import attempts, contacts
from surveys.admin.access import DetailAdmin, OwnPage, ReadOnly, person_of, with_survey
from surveys.admin.attempts.filters import Filters, OutcomeFilter
from surveys.admin.attempts.listing import CaseTable
from surveys.admin.attempts.outcomes import lines_of, page_of
from surveys.admin.filters import SurveyOfSiteFilter
from surveys.admin.one_survey import OneSurveyAdmin
from surveys.downloads import streamed
from surveys.memberships import may_see_people
from surveys.models import Case, Contact, Site

TEMPLATES = "admin/surveys/case"
MOST_SITES = 1000  # of which a search finds the people


@admin.register(Case)
class CaseAdmin(ReadOnly, DetailAdmin, OneSurveyAdmin):
    """Codes and outcomes for all staff; who tried, and notes, for who may see people; contacts for
    coordinators. People come by file only, and who was selected stays so, also where nobody is found.
    """

    survey_path = "wave.survey_id"
    resource_class = CaseTable
    list_display = ("code", "place", "wave", "outcome", "attempt_count", "last_at", "due_at")
    list_filter = (SurveyOfSiteFilter, OutcomeFilter)
    search_fields = ("code",)
    search_help_text = gettext_lazy("The code of a person, or part of a site's")
    show_full_result_count = False
    list_per_page = 50
    ordering = ("wave_id", "site_id", "code")  # as the index has them
    sortable_by = ()
    fields = readonly_fields = ("code",)  # the template shows the rest
    change_list_template = "admin/surveys/change_list.html"
    change_form_template = f"{TEMPLATES}/change_form.html"
    when_empty = gettext_lazy(
        "Only where your design names the people or households to visit: import them by site and "
        "code. Where people are met as they come, nothing is needed here."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        rows: QuerySet[Case] = super().get_queryset(request)
        return rows.filter(is_listed=True).select_related("site__survey", "wave__survey")

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, self.editors, None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        """By the whole code of a person, or a part of the site's. Both are looked up first: by their keys an
        index finds people, by one condition on two tables none does.
        """
        word = search_term.strip()
        if not word:
            return queryset, False
        spelt = {word, word.upper(), word.lower()}
        people = queryset.order_by().filter(code__in=spelt)
        found = Q(pk__in=list(people.values_list("pk", flat=True)))
        return queryset.filter(found | Q(site__in=self._sites_with(request, word))), False

    def _sites_with(self, request: HttpRequest, word: str) -> list[int]:
        """The keys of those with the word in their code; it is said where only the first are given."""
        sites = Site.objects.visible_to(person_of(request)).filter(code__icontains=word)
        keys = list(sites.order_by("pk").values_list("pk", flat=True)[: MOST_SITES + 1])
        if len(keys) > MOST_SITES:
            words = _(
                "More than %(most)s sites have “%(word)s” in their code: only people of the first ones "
                "are listed. Type more of the code."
            )
            messages.warning(request, words % {"most": MOST_SITES, "word": word})
        return keys[:MOST_SITES]

    @display(description=gettext_lazy("site"))
    def place(self, case: Case) -> str:
        return case.site.code

    def get_urls(self) -> list[URLPattern]:
        view, start = self.admin_site.admin_view, "surveys_case"
        own = [
            path("outcomes/", view(self.outcomes_view), name=f"{start}_outcomes"),
            path("outcomes.csv", view(self.outcomes_file), name=f"{start}_outcomes_file"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        address = with_survey(reverse("admin:surveys_case_outcomes"), request)
        return OwnPage(_("Response rates"), address)

    def detail(self, request: HttpRequest, case: Case, /) -> dict[str, Any]:
        person = person_of(request)
        return {
            "title": _("Selected person %(code)s") % {"code": case.code},
            "case": case,
            "sees_people": may_see_people(person, case.site.survey_id),
            "tried": case.attempts.select_related("enumerator").order_by("-at", "-pk"),
            "interviews": attempts.interviews_with([case.pk]).order_by("-received_at"),
            "sees_contacts": contacts.are_for(case, person),
            "contacts": Contact.objects.visible_to(person).filter(case=case),
        }

    def outcomes_view(self, request: HttpRequest) -> HttpResponse:
        """What became of everybody who was selected for a wave, and the rates that follow."""
        filters = self._filters(request)
        context: dict[str, Any] = {"title": _("Response rates"), "filters": filters}
        if filters is not None:
            context |= page_of(filters)
        return self.page(request, f"{TEMPLATES}/outcomes.html", context)

    def outcomes_file(self, request: HttpRequest) -> StreamingHttpResponse:
        filters = self._filters(request)
        if filters is None:
            raise PermissionDenied
        name = f"{filters.survey.code}-wave-{filters.wave.number}-outcomes-by-{filters.by}.csv"
        return streamed(lines_of(filters), name)

    def _filters(self, request: HttpRequest) -> Filters | None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return Filters.of(request)

"""An interview erased from its page: what goes, what cannot, and a confirmation that is typed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from surveys import erasure, traces
from surveys.admin.access import SurveyModelAdmin, person_of, surveys_for
from surveys.admin.erasure.words import counted
from surveys.errors import SurveyError
from surveys.models import Interview, Role, Tombstone
from surveys.wording import in_words


class ErasureForm(forms.Form):
    """Why, whether contacts go too, and the beginning of the interview's id, typed."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=Tombstone.Reason.choices,
        help_text=gettext_lazy("Kept with the id. There is no room for names on purpose."),
    )
    with_contacts = forms.BooleanField(
        label=gettext_lazy("Forget how this person can be found, too"),
        required=False,
        help_text=gettext_lazy(
            "Telephone, address and the like, and what enumerators noted of visits. Needed again if the "
            "person may be asked in a later wave."
        ),
    )
    typed = forms.CharField(
        label=gettext_lazy("Beginning of the id"),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, interview: Interview, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = interview.short_id
        case = interview.case
        if case is None or not case.is_listed:  # others' contacts go with the case
            del self.fields["with_contacts"]

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip()
        if typed.casefold() != self.expected.casefold():
            raise forms.ValidationError(
                _("Type %(id)s, the beginning of the id of this interview."),
                params={"id": self.expected},
            )
        return typed


class ErasureAdmin(SurveyModelAdmin):
    """The page on which a coordinator erases an interview."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.erase_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/erase/", view, name="surveys_interview_erase"), *urls]

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        interview = self._erasable(request, pk)
        form = ErasureForm(interview, request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._erase(request, interview, form.cleaned_data)
        related = traces.belonging_to(interview)
        context = {
            "title": _("Erase after withdrawal of consent"),
            "interview": interview,
            "form": form,
            "expected": form.expected,
            "counts": list(counted(traces.extent_of(related))),
            "others": related.count() - 1,
            "exports": erasure.exports_since(interview).count(),
        }
        return self.page(request, "admin/surveys/interview/erase.html", context)

    def _erasable(self, request: HttpRequest, pk: int) -> Interview:
        """One of the interviews that the person coordinates; else 404."""
        surveys = surveys_for(request, (Role.COORDINATOR,))
        rows = self.get_queryset(request).filter(questionnaire__survey__in=surveys)
        found: Interview = get_object_or_404(rows.select_related("case", "questionnaire"), pk=pk)
        return found

    def _erase(
        self, request: HttpRequest, interview: Interview, given: dict[str, Any]
    ) -> HttpResponse:
        try:
            tombstone = erasure.erase(
                interview.pk,
                by=person_of(request),
                reason=Tombstone.Reason(given["reason"]),
                with_contacts=given.get("with_contacts", False),
            )
        except SurveyError as error:
            messages.error(request, in_words(error))
            return redirect("admin:surveys_interview_changelist")
        messages.success(
            request,
            _("The interview is erased. Indicators are computed without it within a minute."),
        )
        return redirect("admin:surveys_tombstone_change", tombstone.pk)

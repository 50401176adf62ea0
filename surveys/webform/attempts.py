"""Selected people on their enumerator's pages: who is to be visited, and what became of a visit."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import attempts, contacts, fieldwork, worklists
from surveys.attempts import Record
from surveys.models import Case, Contact, Questionnaire, Site, User
from surveys.models.outcome import LABELS
from surveys.sampling.outcomes import Outcome
from surveys.webform.pages import PersonRequest, person_page
from surveys.wording import in_words

SHOWN = 100  # people of a page
AHEAD = timedelta(minutes=10)  # by which a phone's clock may be fast
TO_THE_MINUTE = "%Y-%m-%dT%H:%M"
USUAL = (
    Outcome.NOBODY_HOME,
    Outcome.CALL_BACK,
    Outcome.REFUSED,
    Outcome.NOT_FOUND,
    Outcome.MOVED,
    Outcome.NOT_ELIGIBLE,
)
OTHERS = tuple(one for one in attempts.RECORDED if one not in USUAL)


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=TO_THE_MINUTE)


class AttemptForm(forms.Form):
    """What became of a visit; the outcome is the button that was pressed."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    again_at = forms.DateTimeField(
        label=gettext_lazy("Come back at"), required=False, widget=Moment()
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the next visit"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("No names or numbers here: these belong to the contacts below."),
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When it was, if not just now"), required=False, widget=Moment()
    )
    outcome = forms.TypedChoiceField(
        choices=[(one.value, LABELS[one]) for one in attempts.RECORDED],
        coerce=Outcome,
        error_messages={"required": gettext_lazy("Say what became of the visit.")},
    )

    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout("key", "again_at", "note", "at")

    def clean_at(self) -> Any:
        at, now = self.cleaned_data["at"], timezone.now()
        if at is not None and at > now + AHEAD:
            raise forms.ValidationError(_("This time is still to come."))
        return at or now

    def record(self) -> Record:
        """What was told, once the form is valid."""
        told = self.cleaned_data
        return Record(told["key"], told["outcome"], told["at"], told["again_at"], told["note"])


class ContactForm(forms.ModelForm):  # type: ignore[type-arg] # at run time no generic
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True

    class Meta:
        model = Contact
        fields = ("kind", "value")


@never_cache
@require_safe
@person_page
def people(request: PersonRequest, site_id: int) -> HttpResponse:
    """Who was selected at a site: who is to be visited, or whom nobody needs to visit any more."""
    site = get_object_or_404(
        Site.objects.visible_to(request.user).select_related("survey"), pk=site_id
    )
    fieldwork.require_active_assignment(request.user, site)
    is_done = request.GET.get("show") == "done"
    after = request.GET.get("after", "").replace("\x00", "")  # PostgreSQL has none
    rows = worklists.people_at(site).filter(is_settled=is_done, code__gt=after)
    some = list(rows[: SHOWN + 1])
    context = {
        "site": site,
        "progress": worklists.progress_at([site]).get(site.pk, worklists.Progress()),
        "people": some[:SHOWN],
        "next": some[SHOWN - 1].code if len(some) > SHOWN else "",
        "is_done": is_done,
        "now": timezone.now(),
    }
    return render(request, "surveys/people.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@person_page
def person(request: PersonRequest, case_id: int) -> HttpResponse:
    """What was tried with somebody so far, and what became of a visit today."""
    case = worklists.person_for(request.user, case_id)
    if request.method == "GET":
        return _page(request, case, AttemptForm(initial={"key": uuid4()}))
    form = AttemptForm(request.POST)
    if not form.is_valid():
        return _page(request, case, form, status=422)
    told = form.record()
    try:
        attempts.record(case, request.user, told)
    except attempts.NotTried as error:
        form.add_error("again_at", in_words(error))
        return _page(request, case, form, status=422)
    said = _("%(code)s: %(outcome)s. It is recorded.")
    messages.success(request, said % {"code": case.code, "outcome": LABELS[told.outcome]})
    return redirect("people", case.site_id)


@require_POST
@person_page
def take_back(request: PersonRequest, case_id: int) -> HttpResponse:
    """Forget an attempt that was recorded by a slip."""
    case = worklists.person_for(request.user, case_id)
    attempts.take_back(case, _key(request.POST.get("attempt", "")), request.user)
    messages.success(request, _("The attempt is taken back."))
    return redirect("person", case.pk)


@require_POST
@person_page
def contact(request: PersonRequest, case_id: int) -> HttpResponse:
    """Add how somebody can be found again, or remove it."""
    case = worklists.person_for(request.user, case_id)
    contacts.require(case, request.user)
    if "remove" in request.POST:
        contacts.remove(case, _key(request.POST["remove"]), request.user)
        messages.success(request, _("The contact is removed."))
        return redirect("person", case.pk)
    form = ContactForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        contacts.add(case, told["kind"], told["value"], request.user)
        messages.success(request, _("The contact is kept."))
        return redirect("person", case.pk)
    return _page(request, case, AttemptForm(initial={"key": uuid4()}), form, status=422)


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _page(
    request: PersonRequest,
    case: Case,
    form: AttemptForm,
    contact_form: ContactForm | None = None,
    status: int = 200,
) -> HttpResponse:
    slips = set(attempts.slips_of(case, request.user).values_list("pk", flat=True))
    context = {
        "case": case,
        "site": case.site,
        "form": form,
        "usual": [(one.value, LABELS[one]) for one in USUAL],
        "others": [(one.value, LABELS[one]) for one in OTHERS],
        "tried": [(one, one.pk in slips) for one in case.attempts.select_related("enumerator")],
        "interviews": attempts.interviews_with([case.pk]).order_by("received_at"),
        "questionnaires": _startable(request.user, case),
        "contact_form": contact_form or ContactForm(),
        "contacts": Contact.objects.visible_to(request.user).filter(case=case),
        "sees_contacts": contacts.are_for(case, request.user),
    }
    return render(request, "surveys/person.html", context, status=status)


def _startable(person: User, case: Case) -> list[Questionnaire]:
    """What the person may be asked; nothing once an interview is there."""
    if Outcome(case.outcome) is Outcome.COMPLETED:
        return []
    rows = Questionnaire.objects.visible_to(person).open()
    return list(rows.filter(survey=case.site.survey_id, current__isnull=False))


def case_in(request: PersonRequest, site: Site) -> Case | None:
    """The selected person with whom an interview at the site is to be begun, if one is named.

    Raises NotListed, SiteNotYours.
    """
    named = request.POST.get("case", "")
    if not named:
        return None
    case = worklists.person_for(request.user, _key(named))
    if case.site_id != site.pk:
        raise worklists.not_listed()
    return case

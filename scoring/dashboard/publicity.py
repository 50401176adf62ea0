"""Where coordinators switch the public page of a survey on and off, after a look at it."""

from dataclasses import asdict, fields
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from scoring import estimates, public_pages
from scoring.dashboard.public_views import rendered
from scoring.models import PublicPage, Scheme
from scoring.public_pages import Words
from surveys.admin.access import person_of
from surveys.errors import SurveyError
from surveys.models import Role, Survey
from surveys.wording import in_words

PAGE = "scoring/public/settings.html"
WORDS = tuple(field.name for field in fields(Words))


class WordsForm(forms.Form):
    """What is written on the page, and the scheme of its numbers."""

    title = forms.CharField(label=gettext_lazy("Title in English"), max_length=200)
    title_zh = forms.CharField(
        label=gettext_lazy("Title in Chinese"), max_length=200, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note in English"),
        help_text=gettext_lazy("Who asked whom, when, and whom readers may write to. Plain text."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
    )
    note_zh = forms.CharField(
        label=gettext_lazy("Note in Chinese"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        required=False,
    )
    is_listed = forms.BooleanField(
        label=gettext_lazy("Search engines may list the page"), required=False
    )
    scheme = forms.ModelChoiceField(
        Scheme.objects.none(), label=gettext_lazy("Scheme"), empty_label=None
    )

    def __init__(self, survey: Survey, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["scheme"]
        if isinstance(chosen, forms.ModelChoiceField):
            chosen.queryset = Scheme.objects.filter(survey=survey)

    @property
    def words(self) -> Words:
        """Of a valid form."""
        return Words(**{name: self.cleaned_data[name] for name in WORDS})


@require_http_methods(["GET", "POST"])
def publicity(request: HttpRequest) -> HttpResponse:
    """The page's words and state (GET); switched on, off or reworded (POST with `do`)."""
    survey = _survey(request)
    if request.method == "POST" and request.POST.get("do") == "off":
        public_pages.close_page(survey, person_of(request))
        messages.success(
            request, _("The public page is switched off: nobody can open it any more.")
        )
        return redirect(_address(survey))
    form = WordsForm(
        survey, request.POST if request.method == "POST" else None, initial=_kept(survey)
    )
    if form.is_bound and form.is_valid() and _done(request, survey, form):
        return redirect(_address(survey))
    return _shown(request, survey, form)


@require_GET
def preview(request: HttpRequest) -> HttpResponse:
    """The page as it would be with the numbers of now."""
    survey = _survey(request)
    kept = PublicPage.objects.filter(survey=survey).first() or PublicPage(survey=survey)
    scheme = kept.scheme or survey.schemes.first()
    made = estimates.latest_set(scheme) if scheme else None
    if made is None:
        raise Http404
    kept.scheme, kept.wave, kept.as_of = made.scheme, made.wave, made.computed_at
    kept.numbers = asdict(public_pages.release_of(made))
    return HttpResponse(rendered(kept))


def _survey(request: HttpRequest) -> Survey:
    """The survey that comes along, if the person coordinates it, or the first of theirs."""
    theirs = Survey.objects.with_role(request.user, Role.COORDINATOR)
    code = request.GET.get("survey", "")
    survey = (theirs.filter(code=code) if code else theirs).first()
    if survey is None:
        raise Http404
    return survey


def _address(survey: Survey) -> str:
    return f"{reverse('dashboard-public')}?{urlencode({'survey': survey.code})}"


def _kept(survey: Survey) -> dict[str, object]:
    """What the form begins with: the words that are kept, or the survey's name."""
    page = PublicPage.objects.filter(survey=survey).first()
    first = survey.schemes.first()
    if page is None:
        return {"title": survey.name, "title_zh": survey.name_zh, "scheme": first}
    return {**{name: getattr(page, name) for name in WORDS}, "scheme": page.scheme or first}


def _done(request: HttpRequest, survey: Survey, form: WordsForm) -> bool:
    """Do what was asked for; False with the reason on the form."""
    person = person_of(request)
    if request.POST.get("do") == "words":
        public_pages.reword(survey, form.words, person)
        messages.success(request, _("The words are kept; the numbers stay as they are."))
        return True
    try:
        public_pages.open_page(survey, form.cleaned_data["scheme"], form.words, person)
    except SurveyError as error:
        form.add_error("scheme", in_words(error))
        return False
    messages.success(
        request, _("Everybody can read the page now, with the numbers of this moment.")
    )
    return True


def _shown(request: HttpRequest, survey: Survey, form: WordsForm) -> HttpResponse:
    page = PublicPage.objects.filter(survey=survey).select_related("changed_by").first()
    context = {
        **admin.site.each_context(request),
        "title": _("Public page"),
        "survey": survey,
        "kept": page,
        "form": form,
        "address": request.build_absolute_uri(reverse("public", args=[survey.code])),
    }
    return TemplateResponse(request, PAGE, context, status=422 if form.errors else 200)

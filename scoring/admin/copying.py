"""A scheme copied with other weights of its standards."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from scoring import schemes, tasks
from scoring.dashboard.names import title_of
from scoring.dashboard.weighting import Starts, starts_of
from scoring.maths.scheme import SchemeSpec, StandardSpec
from scoring.models import Scheme
from scoring.schemes import CopyRefused, spec_of
from surveys import nudges
from surveys.admin.access import SurveyModelAdmin
from surveys.errors import SurveyError
from surveys.wording import in_words

COPY_PAGE = "admin/scoring/scheme_copy.html"
WEIGHT = "weight_"
START = "start"


class PercentField(forms.DecimalField):
    """Percent with two decimals; the value is basis points, 0 where it is left blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False, **kwargs
        )

    def clean(self, value: Any) -> int:
        return int(100 * (super().clean(value) or Decimal(0)))


class CopyForm(forms.Form):
    """A new name, and a weight for every standard of a scheme."""

    name = forms.CharField(
        label=_("Name of the new scheme"),
        help_text=_("Letters a to z, digits, - and _, such as experts-2026. It is never changed."),
        max_length=50,
    )

    def __init__(self, spec: SchemeSpec, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standards = spec.standards
        for standard in spec.standards:
            label = f"{standard.name} {title_of(standard)}"
            self.fields[WEIGHT + standard.name] = PercentField(label=label)

    @property
    def rows(self) -> Iterator[tuple[StandardSpec, forms.BoundField]]:
        """Each standard and the field of its weight."""
        return ((standard, self[WEIGHT + standard.name]) for standard in self.standards)

    @property
    def weights(self) -> dict[str, int]:
        """Basis points by standard, of a valid form."""
        return {each.name: self.cleaned_data[WEIGHT + each.name] for each in self.standards}

    def refuse(self, error: SurveyError) -> None:
        """Say why there is no copy, beside what is to be changed."""
        place = error.place if isinstance(error, CopyRefused) else ""
        is_weight = WEIGHT + place in self.fields
        self.add_error(WEIGHT + place if is_weight else place or None, in_words(error))


def typed_in(weights: Mapping[str, int]) -> dict[str, str]:
    """Weights as the form's fields show them."""
    return {WEIGHT + name: f"{points / 100:.2f}" for name, points in weights.items() if points}


class CopyingAdmin(SurveyModelAdmin):
    """The page on which coordinators of a survey give a scheme other weights."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.copy_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/copy/", view, name="scoring_scheme_copy"), *urls]

    def may_coordinate(self, request: HttpRequest, scheme: Scheme) -> bool:
        return self.allows(request, self.editors, scheme)

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Weights to change (GET), weights to start from (POST with a start), the copy (POST)."""
        scheme = get_object_or_404(self.get_queryset(request).select_related("survey"), pk=pk)
        if not self.may_coordinate(request, scheme):
            raise PermissionDenied
        starts = starts_of(scheme)
        form = self._form(request, spec_of(scheme), starts)
        if form.is_bound and form.is_valid() and (copied := self._copy(scheme, form)):
            text = _("%(name)s is added. Its numbers come as soon as everybody is scored by it.")
            messages.success(request, text % {"name": copied.name})
            return redirect("admin:scoring_scheme_change", copied.pk)
        context = {
            "title": _("Copy with other weights"),
            "scheme": scheme,
            "form": form,
            "starts": starts,
        }
        return self.page(request, COPY_PAGE, context, status=422 if form.errors else 200)

    def _form(self, request: HttpRequest, spec: SchemeSpec, starts: Starts) -> CopyForm:
        """Empty but for the weights to start from, or with what was typed."""
        start = starts.find(request.POST.get(START, ""))
        if request.method == "POST" and start is None:
            return CopyForm(spec, request.POST)
        own = {standard.name: standard.weight for standard in spec.standards}
        weights = typed_in(start.weights if start else own)
        return CopyForm(spec, initial={"name": request.POST.get("name", ""), **weights})

    def _copy(self, scheme: Scheme, form: CopyForm) -> Scheme | None:
        """The new scheme, or None with all reasons on the form."""
        name, weights = form.cleaned_data["name"], form.weights
        for refusal in schemes.refusals(scheme, name, weights):
            form.refuse(refusal)
        if form.errors:
            return None
        try:
            copied = schemes.copy(scheme, name, weights)
        except SurveyError as error:
            form.refuse(error)
            return None
        nudges.send_once("score", tasks.score_pending.delay)
        return copied

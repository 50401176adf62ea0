"""Rules that hold interviews, on the page of their survey, and in words wherever they did."""

from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline

from surveys.admin.access import BySurvey
from surveys.memberships import people_visible_to
from surveys.models import Decision, Finding, ReviewRule, Role
from surveys.readings import FOUND_BY_FORMS

KINDS = [(kind.value, kind.label) for kind in Finding.Kind if kind.value in FOUND_BY_FORMS]


class ReviewRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule: only what belongs to its kind must be filled in."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of findings"),
        choices=KINDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: any finding holds."),
    )

    class Meta:
        model = ReviewRule
        fields = ("picks", "share", "kinds", "enumerators", "is_active")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        picks = given.get("picks")
        if picks == ReviewRule.Picks.SHARE and given.get("share") is None:
            self.add_error("share", _("Say how many percent are drawn, such as 10."))
        if picks == ReviewRule.Picks.ENUMERATORS and not given.get("enumerators"):
            self.add_error("enumerators", _("Choose whose interviews are held."))
        return given


class ReviewRuleInline(BySurvey, StackedInline):
    """The rules of a survey; analysts do not see whom one watches."""

    model = ReviewRule
    form = ReviewRuleForm
    survey_path = "pk"
    readers = (Role.COORDINATOR,)
    autocomplete_fields = ("enumerators",)
    extra = 0
    verbose_name_plural = gettext_lazy("Held for review as they arrive")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = (
            people_visible_to(request.user).filter(memberships__role=Role.ENUMERATOR).distinct()
        )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows(request, self.readers, obj)


def rule_in_words(rule: ReviewRule | None) -> str:
    """Why an interview was held by a rule, which may be gone by now."""
    if rule is None:
        return _("By a rule that is not there any more")
    if rule.picks == ReviewRule.Picks.SHARE:
        return _("Drawn at random: %(share)g %% of all") % {"share": rule.share or 0}
    if rule.picks == ReviewRule.Picks.FINDINGS:
        names = [str(label) for kind, label in KINDS if kind in rule.kinds]
        return ", ".join(names) or _("It has findings")
    if rule.picks == ReviewRule.Picks.ENUMERATORS:
        return _("Interviews of this enumerator are looked at")
    return _("Every interview is looked at")


def held_by(decision: Decision) -> str:
    """Who or what held an interview, in words."""
    if decision.by is None:
        return rule_in_words(decision.rule)
    return decision.reason

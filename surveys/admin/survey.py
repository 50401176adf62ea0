"""Surveys with their waves and the people who work in them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from surveys import audiences, retention
from surveys.admin.access import BySurvey, DetailAdmin, person_of
from surveys.admin.choosing import Chooser
from surveys.admin.rules import ReviewRuleInline
from surveys.admin.setup import tasks_of
from surveys.memberships import PEOPLE_READERS, may_see_people, people_visible_to
from surveys.models import Audience, Membership, PersonProgress, Role, Site, Survey, Wave

MEMBERS = 10  # shown at once


class WaveInline(BySurvey, TabularInline):
    model = Wave
    survey_path = "pk"
    extra = 0


class MembershipForm(ModelForm):  # type: ignore[type-arg] # at run time no generic
    """Knows whose membership it is: a page of them asks for no name again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "user" in self.fields:
            self.fields["user"].widget.widget.chosen = self.instance.user


class MembershipInline(BySurvey, TabularInline):
    """Who works in the survey. Analysts are not shown names."""

    model = Membership
    fields = ("user", "role", "team", "sees_identifiers")
    survey_path = "pk"
    readers = PEOPLE_READERS
    extra = 0
    form = MembershipForm
    per_page = MEMBERS
    autocomplete_fields = ("user",)
    ordering = ("role", "team", "user__username")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        people = people_visible_to(request.user)
        shown = Membership.objects.filter(user__in=people).select_related("user")
        return shown.order_by(*self.ordering)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs |= {"queryset": people_visible_to(request.user), "label": _("Person")}
            kwargs["widget"] = Chooser(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class SurveyForm(ModelForm):  # type: ignore[type-arg] # at run time no generic
    """What stays of interviews is for one of the survey's own audiences; a new survey has none yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("kept_for")
        if isinstance(field, ModelChoiceField):
            own = (
                audiences.choices_of(self.instance) if self.instance.pk else Audience.objects.none()
            )
            field.queryset = own
            field.label = capfirst(Survey._meta.get_field("kept_for").verbose_name)


@admin.register(Survey)
class SurveyAdmin(DetailAdmin):
    form = SurveyForm
    survey_path = "pk"
    inlines = (WaveInline, ReviewRuleInline, MembershipInline)
    list_display = ("name", "code", "site_count", "interview_count", "is_probability_sample")
    search_fields = ("code", "name", "name_zh")
    fields = (
        ("name", "name_zh"),
        "code",
        "is_probability_sample",
        "counts",
        "keeps_copies",
        ("kept_days", "kept_for"),
    )
    change_form_template = "admin/surveys/survey/change_form.html"
    help_texts: ClassVar = {
        "code": _("A short name for file names and addresses, such as housing-2026."),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Survey]:
        rows: QuerySet[Survey] = super().get_queryset(request)
        sites = Site.objects.filter(survey=OuterRef("pk")).values("survey")
        people = PersonProgress.objects.filter(wave__survey=OuterRef("pk")).values("wave__survey")
        return rows.annotate(
            sites_=Coalesce(Subquery(sites.values(n=Count("pk"))), 0),
            interviews_=Coalesce(Subquery(people.values(n=Sum("done"))), 0),
        )

    def detail(self, request: HttpRequest, survey: Survey, /) -> dict[str, Any]:
        """Those who set a survey up are told what is left to do, and when its interviews are erased."""
        if not self.has_change_permission(request, survey):
            return {}
        plan = retention.plan_of(survey, localdate())
        return {
            "tasks": tasks_of(survey),
            "plan": plan,
            "is_told": plan and survey.told_of == plan.ends_on,
        }

    def response_post_save_add(self, request: HttpRequest, obj: Survey) -> HttpResponse:
        """A new survey's page says what is to be done next."""
        return redirect("admin:surveys_survey_change", obj.pk)

    @display(description=_("Sites"), ordering="sites_")
    def site_count(self, survey: Any) -> str:
        return f"{survey.sites_:,}"

    @display(description=_("Interviews"), ordering="interviews_")
    def interview_count(self, survey: Any) -> str:
        return f"{survey.interviews_:,}"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    def get_inlines(self, request: HttpRequest, obj: Survey | None) -> list[Any]:
        if obj is None or may_see_people(request.user, obj.pk):
            return list(self.inlines)
        return [WaveInline]

    def save_model(
        self,
        request: HttpRequest,
        obj: Survey,
        form: "ModelForm[Any]",
        change: bool,  # noqa: FBT001
    ) -> None:
        """Whoever makes a survey coordinates it."""
        super().save_model(request, obj, form, change)
        if not change and not request.user.is_superuser:
            Membership.objects.get_or_create(
                user=person_of(request), survey=obj, role=Role.COORDINATOR
            )

"""What a person may see and change in the admin, by the membership in the row's survey."""

import re
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from surveys.admin.paging import FirstPages, LongList
from surveys.memberships import people_visible_to
from surveys.models import Role, Survey, User
from surveys.models.survey import STAFF_ROLES

CHOSEN = "survey"  # in the session: the key of the survey that was chosen last
CODE_MESSAGES = {"code": {"invalid": _("Use only the letters a to z, digits, - and _.")}}


def person_of(request: HttpRequest) -> User:
    """Who is signed in; the admin site lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def key_in(address: str | None) -> int | None:
    """The key of a row that a part of an address names, or None where it names none."""
    return int(address) if address and re.fullmatch("[0-9]{1,18}", address) else None


def keys_in(addresses: Iterable[str]) -> list[int]:
    """Those that name rows."""
    return [key for one in addresses if (key := key_in(one)) is not None]


def pair_in(address: str) -> tuple[int, int] | None:
    """The two keys that a part of an address names as `3-12`, or None where it names none."""
    first, _dash, second = map(key_in, address.partition("-"))
    return None if first is None or second is None else (first, second)


def asked(request: HttpRequest, name: str) -> str:
    """A text of the address, as PostgreSQL keeps it: without NUL."""
    return request.GET.get(name, "").replace("\x00", "").strip()


def posted(request: HttpRequest, name: str) -> str:
    """A text that was sent, as PostgreSQL keeps it: without NUL."""
    return request.POST.get(name, "").replace("\x00", "")


def surveys_for(request: HttpRequest, roles: Sequence[Role]) -> QuerySet[Survey]:
    return Survey.objects.with_role(request.user, *roles)


def survey_in(request: HttpRequest) -> int | None:
    """The key of the survey that comes along in the address."""
    return key_in(request.GET.get("survey"))


def chosen_survey(request: HttpRequest, surveys: QuerySet[Survey]) -> Survey | None:
    """The one in the address, which must be among the surveys; else the one that was chosen last, on
    whichever page, or the first of them.
    """
    key = survey_in(request)
    if key is None:
        return last_survey(request, surveys) or surveys.first()
    survey = get_object_or_404(surveys, pk=key)
    note_survey(request, survey)
    return survey


def last_survey(request: HttpRequest, surveys: QuerySet[Survey]) -> Survey | None:
    """The survey that was chosen last in this session, if it is among these."""
    key = request.session.get(CHOSEN)
    return surveys.filter(pk=key).first() if key else None


def note_survey(request: HttpRequest, survey: Survey) -> None:
    """Have the next page begin with this survey."""
    if request.session.get(CHOSEN) != survey.pk:
        request.session[CHOSEN] = survey.pk


def with_survey(address: str, request: HttpRequest) -> str:
    """The address with the survey that came along in this one."""
    survey = survey_in(request)
    return address if survey is None else f"{address}?{urlencode({'survey': survey})}"


class BySurvey:
    """Rights read off the membership in `survey_path`, a path of attributes to a survey's id.

    Rows that belong to no survey (a blank path) are shared: every reader sees them, everybody who
    may edit in some survey may edit them.
    """

    survey_path = "survey_id"
    readers: tuple[Role, ...] = STAFF_ROLES
    editors: tuple[Role, ...] = (Role.COORDINATOR,)

    def allows(self, request: HttpRequest, roles: Sequence[Role], row: Model | None) -> bool:
        """Whether the person has one of the roles in the row's survey, or anywhere."""
        if request.user.is_superuser:
            return True
        if not isinstance(request.user, User):
            return False
        surveys = {survey for survey, role in request.user.roles if role in roles}
        if row is None or not self.survey_path:
            return bool(surveys)
        return attrgetter(self.survey_path)(row) in surveys

    def rows_for(self, user: User | AnonymousUser, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of the rows visible to a person those of surveys where the person is staff."""
        if user.is_superuser or not self.survey_path:
            return rows
        staffed = Survey.objects.with_role(user, *self.readers)
        return rows.filter(**{f"{self.survey_path.replace('.', '__')}__in": staffed.values("pk")})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, self.readers, None)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows(request, self.readers, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows(request, self.editors, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows(request, self.editors, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.allows(request, self.editors, obj)


class ReadOnly:
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OwnPage(NamedTuple):
    """A page beside a list, to which the list has a button."""

    title: str | Promise
    address: str


class SurveyModelAdmin(BySurvey, ModelAdmin):
    """An admin page whose rows, choices and rights follow the memberships.

    `help_texts` explain fields, by name, in more words than their models do; `when_empty` says what
    belongs into the list, and what to do, while nothing is there.
    """

    paginator = FirstPages
    show_full_result_count = False
    list_per_page = 50
    list_filter_submit = False
    compressed_fields = True
    warn_unsaved_form = True
    help_texts: ClassVar[Mapping[str, Promise]] = {}
    when_empty: ClassVar[Promise | str] = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.model._default_manager.visible_to(request.user)
        return self.rows_for(request.user, rows).order_by(*self.get_ordering(request) or ())

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LongList]:
        return LongList

    def get_form(
        self,
        request: HttpRequest,
        obj: Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> Any:
        words = {"help_texts": self.help_texts, "error_messages": CODE_MESSAGES}
        return super().get_form(request, obj, change, **{**words, **kwargs})

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        """The page to which the template of the list leads, for who may open it."""
        return None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "own_page": self.own_page(request)}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def page(
        self, request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
    ) -> HttpResponse:
        """A page of its own within the frame of the admin."""
        request.current_app = self.admin_site.name
        whole = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, whole, status=status)

    def response_add(
        self, request: HttpRequest, obj: Model, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The next row of the same kind is of the same survey."""
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST and survey_in(request) is not None:
            return redirect(with_survey(request.path, request))
        return response

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Only what may be chosen: surveys one edits, and what one sees of everything else."""
        related = db_field.related_model
        kwargs.setdefault("label", capfirst(str(related._meta.verbose_name)))
        if related is Survey:
            kwargs["queryset"] = surveys_for(request, self.editors)
        elif related is User:
            kwargs["queryset"] = people_visible_to(request.user)
        else:
            manager: Any = related._default_manager
            kwargs["queryset"] = manager.visible_to(request.user)
        field: ModelChoiceField[Any] | None
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field


class DetailAdmin(SurveyModelAdmin):
    """An admin page whose rows have a page that shows more than their fields."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = self.detail(request, row) if row is not None else {}
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )
        return response

    def detail(self, request: HttpRequest, row: Any, /) -> dict[str, Any]:
        """What the template of the row's page is given."""
        return {}

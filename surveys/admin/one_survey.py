"""Tables whose files have no column for the survey: it is chosen beside the file."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from import_export.forms import ConfirmImportForm
from unfold.widgets import UnfoldAdminSelectWidget

from surveys.admin.access import survey_in, surveys_for
from surveys.admin.importing import TableAdmin, TableImportForm
from surveys.models import Role, Survey


class OfASurvey(forms.Form):
    """A form that says whose rows they are."""

    survey: Any = forms.ModelChoiceField(Survey.objects.none(), label=gettext_lazy("Survey"))


class SurveyImportForm(OfASurvey, TableImportForm):
    field_order = ("survey", "import_file")


class SurveyConfirmForm(OfASurvey, ConfirmImportForm):
    pass


class OneSurveyAdmin(TableAdmin):
    """A table that takes in a file for one survey; its resource is made with `survey`, None while
    none is chosen yet.
    """

    import_form_class = SurveyImportForm
    confirm_form_class = SurveyConfirmForm

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs["form"]
        survey = form.cleaned_data.get("survey") if form.is_bound and form.is_valid() else None
        return {"person": request.user, "survey": survey}

    def create_import_form(self, request: HttpRequest) -> Any:
        form = super().create_import_form(request)
        field = form.fields["survey"]
        field.queryset, field.initial = self._surveys(request), survey_in(request)
        field.widget = UnfoldAdminSelectWidget(choices=field.choices)
        if field.queryset.count() == 1:
            field.initial = field.queryset.first()
        return form

    def create_confirm_form(self, request: HttpRequest, import_form: Any = None) -> Any:
        form = super().create_confirm_form(request, import_form)
        form.fields["survey"].queryset = self._surveys(request)
        form.fields["survey"].widget = forms.HiddenInput()
        return form

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        given = {"survey": import_form.cleaned_data["survey"].pk} if import_form else {}
        return {**initial, **given}

    def _surveys(self, request: HttpRequest) -> QuerySet[Survey]:
        return surveys_for(request, (Role.COORDINATOR,))

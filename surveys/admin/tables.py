"""Set-up tables as files: which columns, found by which codes, refused in which words."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Error
from import_export.widgets import FloatWidget, ForeignKeyWidget, NumberWidget
from tablib import Dataset

from surveys.errors import gettext_noop
from surveys.imports.table import TableError, require_known
from surveys.models import Assignment, City, Region, Role, Site, Survey, User
from surveys.wording import in_words


class PlainError(Error):
    """A fault without the stack trace that import-export would show."""

    traceback = ""


class CodeWidget(ForeignKeyWidget):
    """A related row by its code; an unknown code is said in a sentence."""

    def clean(self, value: Any, row: dict[str, Any] | None = None, **kwargs: Any) -> Model | None:
        code = str(value).strip() if value is not None else ""
        if not code:
            return None
        found: Model | None = self.candidates(row or {}).filter(**{self.field: code}).first()
        if found is None:
            raise ValueError(
                _("There is no %(noun)s %(code)s that you may use.")
                % {"noun": self.model._meta.verbose_name, "code": code}
            )
        return found

    def candidates(self, row: dict[str, Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows


class ReadOnceWidget(CodeWidget):
    """A row among those that were read at once; the table refuses rows with another code itself."""

    rows: Mapping[str, Model] = MappingProxyType({})

    def clean(self, value: Any, row: dict[str, Any] | None = None, **kwargs: Any) -> Model | None:
        return self.rows.get(value)


class SurveyWidget(CodeWidget):
    """A survey that the person may set up."""

    person: User

    def candidates(self, row: dict[str, Any]) -> QuerySet[Any]:
        return Survey.objects.with_role(self.person, Role.COORDINATOR)


class SiteWidget(SurveyWidget):
    """A site of the row's survey."""

    def candidates(self, row: dict[str, Any]) -> QuerySet[Any]:
        return Site.objects.filter(
            survey__in=super().candidates(row), survey__code=row.get("survey") or ""
        )


class EnumeratorWidget(CodeWidget):
    """Somebody who works in the row's survey."""

    def candidates(self, row: dict[str, Any]) -> QuerySet[Any]:
        return User.objects.filter(memberships__survey__code=row.get("survey") or "").distinct()


class MeasureWidget(FloatWidget):
    """A number that can be reckoned with; `inf` and `nan` are none."""

    def clean(self, value: Any, row: dict[str, Any] | None = None, **kwargs: Any) -> float | None:
        number: float | None = super().clean(value, row, **kwargs)
        if number is not None and not math.isfinite(number):
            raise ValueError(number)
        return number


class Table(ModelResource):
    """A set-up table as a person may fill it."""

    WIDGETS_MAP: ClassVar = {**ModelResource.WIDGETS_MAP, "FloatField": MeasureWidget}
    required_columns: tuple[str, ...] = ("code",)

    def __init__(self, person: User | None = None) -> None:
        super().__init__()
        for field in self.fields.values():
            if isinstance(field.widget, SurveyWidget) and person is not None:
                field.widget.person = person

    def columns(self) -> list[str]:
        """Those that a file may have, without those that only exports show."""
        return [field.column_name for field in self.get_import_fields() if not field.readonly]

    @classmethod
    def get_error_result_class(cls) -> type[Error]:
        return PlainError

    def import_field(
        self, field: Field, instance: Model, row: dict[str, Any], **kwargs: Any
    ) -> None:
        """Say in words where a number is none, which Python says in its own."""
        try:
            super().import_field(field, instance, row, **kwargs)
        except (ValueError, ArithmeticError) as error:
            if not isinstance(field.widget, NumberWidget):
                raise
            text = _("“%(text)s” is no number. Write digits only, such as 12 or 12.5.")
            raise ValueError(text % {"text": row[field.column_name]}) from error

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Refuse columns that nobody would read, before any row is looked at."""
        columns = [str(name or "").strip() for name in dataset.headers or ()]
        try:
            require_known(columns, [field.column_name for field in self.fields.values()])
            _require_all(columns, self.required_columns)
        except TableError as error:
            dataset.wipe()
            raise ValueError(in_words(error)) from error
        dataset.headers = columns


def _require_all(columns: list[str], required: tuple[str, ...]) -> None:
    missing = [name for name in required if name not in columns]
    if missing:
        raise TableError(
            gettext_noop("These columns are missing: %(columns)s."), columns=", ".join(missing)
        )


class Rules:
    """How every table is read: rows checked like forms, equal rows left alone and shown so."""

    model: type[Model]
    fields: tuple[str, ...]
    import_id_fields: tuple[str, ...] = ("code",)
    clean_model_instances = True
    skip_unchanged = True
    report_skipped = True


class RegionTable(Table):
    class Meta(Rules):
        model = Region
        fields = ("code", "name", "name_zh")


class CityTable(Table):
    required_columns = ("code", "region")
    region = Field("region", "region", CodeWidget(Region, "code"))

    class Meta(Rules):
        model = City
        fields = (
            "code",
            "name",
            "name_zh",
            "region",
            "average_wage",
            "minimum_wage",
            "migrant_population",
        )


class SiteTable(Table):
    required_columns = ("survey", "code")
    survey = Field("survey", "survey", SurveyWidget(Survey, "code"))
    city = Field("city", "city", CodeWidget(City, "code"))

    class Meta(Rules):
        model = Site
        import_id_fields = ("survey", "code")
        fields = (
            "survey",
            "code",
            "name",
            "city",
            "stratum",
            "psu",
            "target",
            "design_weight",
            "latitude",
            "longitude",
        )


class AssignmentTable(Table):
    required_columns = ("survey", "site", "enumerator")
    survey = Field("site__survey__code", "survey", readonly=True)
    site = Field("site", "site", SiteWidget(Site, "code"))
    enumerator = Field("enumerator", "enumerator", EnumeratorWidget(User, "username"))

    class Meta(Rules):
        model = Assignment
        import_id_fields = ("site", "enumerator")
        fields = ("survey", "site", "enumerator", "target", "is_active")

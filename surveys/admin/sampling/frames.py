"""The sampling frame: in by file with a preview, all faults at once."""

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from tablib import Dataset

from surveys.admin.access import OwnPage, surveys_for, with_survey
from surveys.admin.filters import SurveyFilter
from surveys.admin.one_survey import OneSurveyAdmin
from surveys.admin.sampling.words import fault_in_words
from surveys.admin.tables import ReadOnceWidget, Rules, Table
from surveys.imports.table import TableError, require_known
from surveys.models import City, FrameUnit, Survey, User
from surveys.sampling.frame import ALIASES, Fault, Known, read_frame
from surveys.sampling.frame import FrameUnit as Unit
from surveys.wording import in_words

HEADINGS = 1  # faults up to this row are those of the whole file


class UnitsByCode(BaseInstanceLoader):
    """The units that the survey's frame has, read at once."""

    def __init__(self, resource: "FrameTable", dataset: Dataset | None = None) -> None:
        super().__init__(resource, dataset)
        rows = FrameUnit.objects.filter(survey=resource.survey).select_related("city")
        self.units = {unit.code: unit for unit in rows}

    def get_instance(self, row: dict[str, Any]) -> FrameUnit | None:
        return self.units.get(row["code"])


class FrameTable(Table):
    """The frame of one survey, read as `sampling.frame` reads it: units are added and changed."""

    city = Field("city", "city", ReadOnceWidget(City, "code"))

    class Meta(Rules):
        model = FrameUnit
        fields = tuple(ALIASES)
        import_id_fields = ("code",)
        instance_loader_class = UnitsByCode
        clean_model_instances = False  # each row was looked at already
        use_bulk = True

    def __init__(self, person: User | None = None, survey: Survey | None = None) -> None:
        super().__init__(person)
        self.survey = survey
        self.faults: dict[int, list[Fault]] = {}

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Read the whole table, whatever its headings are called and wherever its columns stand."""
        headings, rows = list(dataset.headers or ()), [list(row) for row in dataset]
        dataset.wipe()
        cities = {city.code: city for city in City.objects.all()}
        self.fields["city"].widget.rows = cities
        _require_known(headings)
        reading = read_frame(headings, rows, Known(cities=cities.keys()))
        whole = [fault_in_words(fault) for fault in reading.faults if fault.row <= HEADINGS]
        if whole:
            raise ValueError(" ".join(whole))
        self.faults = _by_row(reading.faults)
        dataset.headers = list(ALIASES)
        lines = [_cells(unit) for unit in reading.units]
        blank: list[Any] = [""] * len(ALIASES)
        # With any fault nothing comes in; blank rows keep the places of the faults.
        dataset.extend([blank] * len(rows) if self.faults else lines)

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        faults = self.faults.get(kwargs["row_number"] + HEADINGS)
        if faults:
            raise ValidationError([fault_in_words(fault) for fault in faults])

    def after_init_instance(
        self,
        instance: FrameUnit,
        new: bool,  # noqa: FBT001 - as import-export calls it
        row: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        instance.survey = self.survey  # type: ignore[assignment] # an import has one

    def skip_row(
        self, instance: Model, original: Model, row: dict[str, Any], *args: Any, **kwargs: Any
    ) -> bool:
        is_same: bool = super().skip_row(instance, original, row, *args, **kwargs)
        return is_same or not row["code"]


def _require_known(headings: list[Any]) -> None:
    """Refuse columns that nobody would read: a misspelt stratum would give another sample."""
    names = [str(one or "").strip().casefold().replace(" ", "_") for one in headings]
    try:
        require_known(names, [alias for aliases in ALIASES.values() for alias in aliases])
    except TableError as error:
        raise ValueError(in_words(error)) from error


def _by_row(faults: tuple[Fault, ...]) -> dict[int, list[Fault]]:
    rows: defaultdict[int, list[Fault]] = defaultdict(list)
    for fault in faults:
        rows[fault.row].append(fault)
    return rows


def _cells(unit: Unit) -> list[Any]:
    return [getattr(unit, name) for name in ALIASES]


@admin.register(FrameUnit)
class FrameUnitAdmin(OneSurveyAdmin):
    resource_class = FrameTable
    list_display = ("code", "name", "survey", "stratum", "psu", "city", "size")
    list_select_related = ("survey", "city")
    list_filter = (SurveyFilter,)
    search_fields = ("code", "name")
    when_empty = gettext_lazy(
        "The frame lists everything that can be drawn, usually all possible sites: code, stratum, "
        "city, size. Import it from a file, then draw a sample."
    )
    ordering = ("survey_id", "code")  # as an index has them
    fields = (
        ("survey", "code"),
        ("name", "city"),
        ("stratum", "psu"),
        "size",
        ("latitude", "longitude"),
    )
    change_list_template = "admin/surveys/change_list.html"

    def own_page(self, request: HttpRequest) -> OwnPage | None:
        """What comes after the frame, once there is one."""
        theirs = FrameUnit.objects.filter(survey__in=surveys_for(request, self.editors))
        if not theirs.exists():
            return None
        return OwnPage(
            gettext("Draw a sample"), with_survey(reverse("admin:surveys_draw_new"), request)
        )

"""Selected people as a file: who is at which site, by codes alone."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from tablib import Dataset

from surveys import attempts, fieldwork
from surveys.admin.tables import ReadOnceWidget, Rules, Table
from surveys.models import Case, Site, Survey, User

LONGEST = 100  # characters of a code


class CasesByCode(BaseInstanceLoader):
    """The cases that were read at once."""

    def get_instance(self, row: dict[str, Any]) -> Case | None:
        found: Case | None = self.resource.cases.get(row["code"])
        return found


class CaseTable(Table):
    """Whom the wave that a survey is in has selected. People are added and moved, none goes."""

    required_columns = ("code", "site")
    site = Field("site", "site", ReadOnceWidget(Site, "code"))
    survey = Field("site__survey__code", "survey", readonly=True)
    wave_number = Field("wave__number", "wave", readonly=True)
    outcome = Field("outcome", "outcome", readonly=True)
    attempt_count = Field("attempt_count", "attempts", readonly=True)
    last_at = Field("last_at", "last_attempt", readonly=True)

    class Meta(Rules):
        model = Case
        fields = ("survey", "wave_number", "site", "code", "outcome", "attempt_count", "last_at")
        import_id_fields = ("code",)
        instance_loader_class = CasesByCode
        clean_model_instances = False  # each row is looked at before
        use_bulk = True

    def __init__(self, person: User | None = None, survey: Survey | None = None) -> None:
        super().__init__(person)
        self.wave = fieldwork.current_wave(survey) if survey else None
        self.cases: dict[str, Case] = {}  # those of the file that the wave has, also unlisted ones
        self.rows_of: dict[str, int] = {}
        self.added: set[int] = set()  # keys of cases that were on no list

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        sites = Site.objects.filter(survey=self.wave.survey_id if self.wave else None)
        self.fields["site"].widget.rows = {site.code: site for site in sites}
        headings, rows = list(dataset.headers or ()), list(dataset.dict)
        dataset.wipe()
        dataset.headers = headings
        dataset.extend([[str(row[name] or "").strip() for name in headings] for row in rows])
        self.cases = {case.code: case for case in self._there(list(dataset["code"]))}

    def _there(self, codes: list[str]) -> Iterator[Case]:
        for begin in range(0, len(codes), attempts.AT_ONCE):
            some = codes[begin : begin + attempts.AT_ONCE]
            yield from Case.objects.filter(wave=self.wave, code__in=some).select_related("site")

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        number = kwargs["row_number"] + 1
        faults = list(self._faults(row, number))
        if faults:
            raise ValidationError(faults)
        self.rows_of[row["code"]] = number

    def _faults(self, row: dict[str, Any], number: int) -> Iterator[str]:
        code, site = row["code"], row["site"]
        if not code:
            yield _("The code is blank.")
        if len(code) > LONGEST:
            yield _("The code is longer than %(n)s characters.") % {"n": LONGEST}
        if self.rows_of.get(code, number) != number:
            text = _("The code is that of row %(n)s. Give each person their own.")
            yield text % {"n": self.rows_of[code]}
        if site not in self.fields["site"].widget.rows:
            text = _("There is no site “%(site)s” in this survey. Add it first, or mend the code.")
            yield text % {"site": site}

    def after_init_instance(
        self,
        instance: Case,
        new: bool,  # noqa: FBT001 - as import-export calls it
        row: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        if new:
            instance.wave, instance.is_listed = self.wave, True  # type: ignore[assignment]
        elif not instance.is_listed:
            self.added.add(instance.pk)

    def skip_row(
        self, instance: Model, original: Model, row: dict[str, Any], *args: Any, **kwargs: Any
    ) -> bool:
        is_same: bool = super().skip_row(instance, original, row, *args, **kwargs)
        return is_same and instance.pk not in self.added

    def get_bulk_update_fields(self) -> list[str]:
        return ["site"]

    def after_import(self, dataset: Dataset, result: Any, **kwargs: Any) -> None:
        """Whom the field had met before the list came is listed now, with what became of it."""
        added = Case.objects.filter(pk__in=self.added)
        added.update(is_listed=True)
        attempts.rebuild(added)

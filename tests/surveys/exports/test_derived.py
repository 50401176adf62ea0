"""What stands beside the answers: waves and weights, under names that no question has."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import polars as pl
import pyreadstat
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from surveys.admin.exports import ExportForm
from surveys.exports import catalogue, rows
from surveys.exports.catalogue import EXPORTS, Order
from surveys.exports.interviews import interviews_of, layouts_for
from surveys.exports.rows import rows_of
from surveys.models import (
    Interview,
    Role,
    Site,
    Weight,
    WeightVersion,
)
from tests.factories import (
    SMALL_FORM,
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
)
from tests.surveys.exports.analysed import exported


@pytest.fixture
def site(db: None, settings: Settings, tmp_path: Path) -> Site:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_site(make_survey("ours"), "S1", design_weight=1.5)


@pytest.fixture
def order(site: Site) -> Order:
    """Of three interviews: one with a current weight, one with an old weight, one without."""
    version = make_version(site.survey)
    made = [make_interview(site, version) for _ in range(3)]
    for interview, is_current in zip(made, (True, False), strict=False):
        weigh(interview, 0.1 + 0.2, is_current=is_current)
    return Order(version.questionnaire, derived=True)


def weigh(interview: Interview, value: float, *, is_current: bool) -> None:
    assert interview.wave
    assert interview.case
    version = WeightVersion.objects.create(
        wave=interview.wave, name=f"w{interview.pk}", is_current=is_current
    )
    Weight.objects.create(version=version, case=interview.case, value=value)


def in_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_waves_and_weights_last_at_full_precision(order: Order, tmp_path: Path) -> None:
    found = in_csv(exported(order, "csv", tmp_path)["interviews.csv"])
    assert list(found[0])[-2:] == ["wave", "weight"]
    assert [float(row["weight"]) for row in found] == [0.1 + 0.2, 1.5, 1.5]
    assert {row["wave"] for row in found} == {"1"}


def test_an_order_without_them_has_none(order: Order, tmp_path: Path) -> None:
    found = in_csv(exported(replace(order, derived=False), "csv", tmp_path)["interviews.csv"])
    assert {"wave", "weight"}.isdisjoint(found[0])


@pytest.mark.parametrize(("language", "label"), [("en", "Wave"), ("zh", "轮次")])
def test_packages_have_numbers_with_labels(
    order: Order, tmp_path: Path, language: str, label: str
) -> None:
    path = exported(replace(order, language=language), "sav", tmp_path)["interviews.sav"]
    frame, meta = pyreadstat.read_sav(path, output_format="polars")
    assert frame["weight"].to_list() == [0.1 + 0.2, 1.5, 1.5]
    assert meta.column_names_to_labels["wave"] == label
    assert "weight" not in meta.missing_ranges


def test_an_interview_without_a_site_weighs_nothing(order: Order, tmp_path: Path) -> None:
    Interview.objects.update(site=None, case=None, wave=None)
    frame = pl.read_parquet(exported(order, "parquet", tmp_path)["interviews.parquet"])
    assert frame.select("wave", "weight").null_count().row(0) == (3, 3)


def test_a_question_keeps_its_name(site: Site, tmp_path: Path) -> None:
    version = make_version(site.survey, SMALL_FORM.replace(" hours ", " Weight "))
    make_interview(site, version, works="yes", Weight="70")
    order = Order(version.questionnaire, derived=True)
    analyst = make_member(site.survey, Role.ANALYST)
    for each in (order, replace(order, person=analyst)):
        found = in_csv(exported(each, "csv", tmp_path)["interviews.csv"])[0]
        assert (found["Weight"], found["weight_made"]) == ("70", "1.5")


def test_a_page_is_read_in_as_many_queries_however_many_interviews(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def queries(chunk: int) -> int:
        monkeypatch.setattr(rows, "CHUNK", chunk)
        with CaptureQueriesContext(connection) as asked:
            assert len(list(rows_of(interviews_of(order), layout))) == 3
        return len(asked)

    layout = layouts_for(order)[""]
    assert queries(3) == 2 + 1  # a page and what is after it; its weights
    assert queries(1) == 4 + 3


def test_a_job_remembers_that_they_were_wanted(order: Order) -> None:
    person = make_member(order.survey, Role.COORDINATOR)
    for wanted in (True, False):
        asked = replace(order, person=person, derived=wanted)
        assert catalogue.order_of(catalogue.request(EXPORTS["submissions_dta"], asked)) == asked


@pytest.mark.parametrize(
    ("format_", "options", "has_them"),
    [("csv", {}, False), ("csv", {"derived": True}, True), ("parquet", {}, True)],
)
def test_statistical_formats_have_them_unless_told_otherwise(
    order: Order, tmp_path: Path, format_: str, options: dict[str, bool], has_them: bool
) -> None:
    out = tmp_path / f"out.{format_}"
    call_command("export", survey="ours", format=format_, out=out, stdout=StringIO(), **options)
    names = list(in_csv(out)[0]) if format_ == "csv" else pl.read_parquet_schema(out)
    assert ("weight" in names) is has_them


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("submissions_csv", "", False),
        ("submissions_csv", "yes", True),
        ("submissions_sav", "", True),
        ("submissions_sav", "no", False),
    ],
)
def test_the_page_offers_them(order: Order, kind: str, given: str, wanted: bool) -> None:
    form = ExportForm(Order(order.questionnaire), {"kind": kind, "derived": given})
    assert form.is_valid()
    assert form.wanted()[1].derived is wanted

"""Estimates as files: what is published, and what is withheld with the reason."""

import csv
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import Settings

from scoring.exports.rows import HEADER
from scoring.models import Estimate, EstimateSet, Scheme
from surveys import fieldwork, jobs
from surveys.exports import catalogue
from surveys.exports.catalogue import EXPORTS, Order
from surveys.models import Job, Role, Survey
from tests.factories import make_member, make_survey, make_version
from tests.surveys.exports.test_submissions import interrupt


@pytest.fixture
def survey(db: None) -> Survey:
    survey = make_survey("ours")
    make_version(survey)
    return survey


@pytest.fixture
def made(survey: Survey) -> EstimateSet:
    scheme = Scheme.objects.create(
        survey=survey, name="=equal", document={}, sha256="", is_default=True
    )
    made = EstimateSet.objects.create(
        scheme=scheme,
        wave=fieldwork.current_wave(survey),
        interviews=20,
        form_versions=["1"],
        computed_at=timezone.now(),
    )
    Estimate.objects.create(
        set=made, variable="index", by="all", level="all", n=20, estimate=0.1 + 0.2, se=0.01
    )
    Estimate.objects.create(
        set=made, variable="index", by="a1", level="c01", n=4, suppressed="n<10"
    )
    return made


def export(kind: str, survey: Survey, path: Path) -> int:
    order = Order(survey.questionnaires.get())
    written = []
    EXPORTS[kind].write(order, path, lambda: written.append(1))
    assert len(written) == EXPORTS[kind].count(order)
    return len(written)


def test_csv_has_full_precision_and_withholds(
    made: EstimateSet, survey: Survey, tmp_path: Path
) -> None:
    path = tmp_path / "e.csv"
    assert export("estimates_csv", survey, path) == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        small, whole = csv.DictReader(file)
    assert float(whole["estimate"]) == 0.1 + 0.2
    assert (whole["n"], whole["withheld"], whole["low"]) == ("20", "", "")
    assert [small[name] for name in ("n", "estimate", "se", "low", "high")] == [""] * 5
    assert small["withheld"] == "Fewer than 10 people: one of them could be recognised."
    assert whole["scheme"] == "'=equal"


def test_excel_has_numbers_as_numbers_and_text_as_text(
    made: EstimateSet, survey: Survey, tmp_path: Path
) -> None:
    path = tmp_path / "e.xlsx"
    assert export("estimates_xlsx", survey, path) == 2
    rows = list(load_workbook(path).active.iter_rows())  # type: ignore[union-attr]
    assert tuple(cell.value for cell in rows[0]) == HEADER
    whole = dict(zip(HEADER, rows[2], strict=True))
    assert whole["estimate"].value == pytest.approx(0.1 + 0.2, abs=1e-15)
    assert (whole["scheme"].data_type, whole["scheme"].value) == ("s", "=equal")
    small = dict(zip(HEADER, rows[1], strict=True))
    assert small["n"].value is None
    assert small["withheld"].value == "Fewer than 10 people: one of them could be recognised."


@pytest.mark.parametrize("kind", ["estimates_csv", "estimates_xlsx"])
def test_before_any_estimate_the_file_is_empty_but_whole(
    survey: Survey, tmp_path: Path, kind: str
) -> None:
    assert export(kind, survey, tmp_path / "e") == 0
    order = Order(survey.questionnaires.get())
    assert "they need a scoring scheme" in EXPORTS[kind].describe(order)
    Scheme.objects.create(survey=survey, name="equal", document={}, sha256="", is_default=True)
    assert "No indicators yet" in EXPORTS[kind].describe(order)


def test_the_page_says_from_when_the_numbers_are(made: EstimateSet, survey: Survey) -> None:
    sentence = EXPORTS["estimates_csv"].describe(Order(survey.questionnaires.get()))
    assert sentence.startswith("2 numbers from 20 interviews; computed:")


def test_a_worker_makes_the_file(
    made: EstimateSet, survey: Survey, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    analyst = make_member(survey, Role.ANALYST)
    job = catalogue.request(EXPORTS["estimates_xlsx"], Order(survey.questionnaires.get(), analyst))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 2, 2)
    assert str(job.result.name).endswith(".xlsx")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["estimates_csv", "estimates_xlsx"])
def test_others_may_write_while_the_file_is_made(
    made: EstimateSet,
    survey: Survey,
    settings: Settings,
    tmp_path: Path,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    interrupt(monkeypatch, kind)
    analyst = make_member(survey, Role.ANALYST)
    job = catalogue.request(EXPORTS[kind], Order(survey.questionnaires.get(), analyst))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, 2)

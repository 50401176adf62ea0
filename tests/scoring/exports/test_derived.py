"""What a scheme makes of each interview, beside its answers: the same as in the estimates."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyreadstat
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring import pipeline
from scoring.exports import derived
from scoring.exports.derived import Reading
from scoring.models import Scheme
from scoring.people import judged
from surveys.exports import rows
from surveys.exports.catalogue import Order
from surveys.exports.derived import Derived
from surveys.exports.interviews import interviews_of, layouts_for
from surveys.exports.rows import rows_of
from surveys.models import Interview, Wave
from tests.factories import make_interview, make_survey, make_version
from tests.scoring.divided import PEOPLE, make_divided
from tests.surveys.exports.analysed import exported

pytestmark = pytest.mark.django_db

SCORES = ["index", "W", "core_work", "c", "poor_1_3", "lacks_w1", "met"]


@pytest.fixture
def scheme() -> Scheme:
    return make_divided((0,))


@pytest.fixture
def order(scheme: Scheme) -> Order:
    return Order(scheme.survey.questionnaires.get(), derived=True)


def read(order: Order, folder: Path) -> pl.DataFrame:
    return pl.read_parquet(exported(order, "parquet", folder)["interviews.parquet"])


def test_everybody_has_what_the_estimates_are_made_of(
    scheme: Scheme, order: Order, tmp_path: Path
) -> None:
    frame, people = read(order, tmp_path), judged(scheme, Wave.objects.get())
    assert frame["weight"].to_list() == people.weights.tolist()
    columns = people.columns(people.weights)
    named = {"poor_1_3": "H_1_3", "lacks_w1": "U_w1"} | {name: name for name in SCORES[:4]}
    for name, published in named.items():
        found = frame[name].cast(pl.Float64).to_numpy()
        np.testing.assert_array_equal(found, columns[published].values)
    assert frame["met"].to_list() == people.scores.met.tolist()
    assert frame["in_estimates"].to_list() == [1] * 2 * PEOPLE
    assert set(frame["scheme"]) == {"equal"}
    assert frame["poor_1_3"].sum() == 2 * PEOPLE - 3 - 8  # who does not work


def test_who_does_not_count_has_no_scores(scheme: Scheme, order: Order, tmp_path: Path) -> None:
    out = Interview.objects.earliest("pk")
    Interview.objects.filter(pk=out.pk).update(state=Interview.State.REJECTED)
    Interview.objects.filter(pk=Interview.objects.latest("pk").pk).update(site=None)
    pipeline.sweep()
    frame = read(order, tmp_path)
    assert frame["in_estimates"].to_list() == [0, *([1] * (2 * PEOPLE - 2)), 0]
    assert frame.select("scheme", *SCORES)[0].null_count().sum_horizontal().item() == len(SCORES)
    assert frame["scheme"][0] == ""
    assert frame["weight"][0] == 1.0


def test_what_was_not_answered_is_blank(scheme: Scheme, order: Order, tmp_path: Path) -> None:
    site = Interview.objects.earliest("pk").site
    assert site is not None
    make_interview(site, scheme.survey.questionnaires.get().versions.get(), works="rf")
    pipeline.sweep()
    last = read(order, tmp_path).row(-1, named=True)
    assert last["in_estimates"] == 1
    assert {last[name] for name in SCORES} == {None}


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en", ("Integration index", "W Work", "Lacking: 2. Do you work?")),
        ("zh", ("融合指数", "W 工作", "缺失：2. 您工作吗？")),
    ],
)
def test_labels_are_in_the_language_of_the_form(
    order: Order, tmp_path: Path, language: str, labels: tuple[str, ...]
) -> None:
    path = exported(replace(order, language=language), "dta", tmp_path)["interviews.dta"]
    frame, meta = pyreadstat.read_dta(path, output_format="polars")
    found = meta.column_names_to_labels
    assert tuple(found[name] for name in ("index", "W", "lacks_w1")) == labels
    assert set(frame["in_estimates"]) == {1.0}


def test_what_no_scheme_judges_has_its_design_alone(db: None, tmp_path: Path) -> None:
    order = Order(make_version(make_survey()).questionnaire, derived=True)
    assert layouts_for(order)[""].header[-2:] == ["wave", "weight"]


def test_sites_are_read_once_while_there_is_room(
    scheme: Scheme, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_and_kept(chunk: int) -> tuple[int, int]:
        monkeypatch.setattr(rows, "CHUNK", chunk)
        reading = Reading(scheme)
        layout = replace(layouts_for(order)[""], beside=(Derived((), reading),))
        with CaptureQueriesContext(connection) as asked:
            assert len(list(rows_of(interviews_of(order), layout))) == 2 * PEOPLE
        return sum("sitecells" in query["sql"] for query in asked), len(reading.sites)

    assert read_and_kept(2 * PEOPLE) == (1, 2)
    assert read_and_kept(PEOPLE // 2) == (2, 2)
    monkeypatch.setattr(derived, "KEPT", 0)
    assert read_and_kept(PEOPLE // 2) == (2, 1)

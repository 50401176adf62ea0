"""The scripts print what scoring publishes, and what it hides with a note, from a file alone."""

from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from scoring import strata
from scoring.maths.strata import estimates as estimates_of
from scoring.models import Scheme
from surveys.exports.catalogue import EXPORTS, Order
from surveys.exports.enclosures import enclosed_with
from surveys.models import Site, Survey
from tests.factories import make_survey, make_version
from tests.scoring.divided import PEOPLE, ask_again, make_divided
from tests.scoring.exports.scripts import PYTHON, Line, Lines, R, printed, put

pytestmark = pytest.mark.django_db

VARIABLES = ("index", "H_1_3", "A_1_3", "M0_1_3", "W")
SCRIPTS = (PYTHON, R)  # there is no Stata to run the other


@pytest.fixture
def scheme() -> Scheme:
    return make_divided((0, 0))


def order_for(scheme: Scheme) -> Order:
    return Order(scheme.survey.questionnaires.get(), derived=True)


def expected(scheme: Scheme) -> dict[tuple[str, str], Line]:
    """The latest wave's numbers as scoring has them before it hides any."""
    wave = scheme.survey.waves.latest("number")
    known = [strata.read(scheme, row) for row in strata.added_up(scheme, wave)]
    has_design = scheme.survey.is_probability_sample
    domains, numbers = estimates_of(known, has_design=has_design)
    keys = [(level, name) for _, level in domains for name in known[0].variables]
    return {
        key: Line(row.n, nan(row.estimate), nan(row.se), nan(row.low), nan(row.high), "")
        for key, row in zip(keys, numbers.rows(), strict=True)
        if row.n and key[0] in ("all", "a", "b") and key[1] in VARIABLES
    }


def nan(number: float | None) -> float:
    return float("nan") if number is None else number


def assert_equal(found: Lines, wanted: Lines) -> None:
    assert found.keys() == wanted.keys()
    for key, line in found.items():
        assert line.n == wanted[key].n
        np.testing.assert_allclose(line[1:5], wanted[key][1:5], rtol=1e-9, atol=1e-11, err_msg=key)


def test_the_numbers_are_those_of_the_latest_wave(scheme: Scheme, tmp_path: Path) -> None:
    """In which everybody works in two sites of a, and b has one site only."""
    a, another, b, _ = Site.objects.order_by("pk")
    ask_again({a: PEOPLE, another: PEOPLE, b: 5})
    put(order_for(scheme), tmp_path)
    for script in SCRIPTS:
        found = printed(script, tmp_path, by="stratum")
        assert_equal(found, expected(scheme))
        assert found["all", "index"].note == "-"
        assert (
            found["a", "index"].note == "few"
        )  # sites: everybody works, and yet the limit is not 1
        assert found["a", "index"].low < found["a", "index"].high == 1.0


def test_a_convenience_sample_has_no_errors(scheme: Scheme, tmp_path: Path) -> None:
    Survey.objects.update(is_probability_sample=False)
    scheme.survey.refresh_from_db()
    put(order_for(scheme), tmp_path)
    for script in SCRIPTS:
        found = printed(script, tmp_path, by="stratum")
        assert np.isnan([line.se for line in found.values()]).all()
        assert_equal(found, expected(scheme))


def test_a_file_in_which_nobody_counts_is_refused_in_words(scheme: Scheme, tmp_path: Path) -> None:
    scheme.sites.all().delete()
    put(order_for(scheme), tmp_path)
    for script in SCRIPTS:
        with pytest.raises(AssertionError, match=r"No interview in .* enters the estimates"):
            printed(script, tmp_path)


def test_a_survey_may_be_called_anything(scheme: Scheme) -> None:
    Survey.objects.update(name='"""\nimport nothing_at_all & <b>')
    scheme.survey.refresh_from_db()
    made = enclosed_with(order_for(scheme))
    for text in made.values():
        assert '""" import nothing_at_all & <b>' in text.splitlines()[0]
    compile(made["analysis.py"], "analysis.py", "exec")


def test_without_scores_there_are_no_scripts(scheme: Scheme, tmp_path: Path) -> None:
    assert list(enclosed_with(order_for(scheme))) == ["analysis.R", "analysis.do", "analysis.py"]
    assert enclosed_with(replace(order_for(scheme), derived=False)) == {}
    unjudged = Order(make_version(make_survey()).questionnaire, derived=True)
    assert enclosed_with(unjudged) == {}
    export = EXPORTS["scripts_zip"]
    assert (export.count(unjudged), export.count(order_for(scheme))) == (0, 3)
    assert "need a scoring scheme" in export.describe(unjudged)


def test_they_are_taken_alone_too(scheme: Scheme, tmp_path: Path) -> None:
    ticks: list[int] = []
    order = replace(order_for(scheme), derived=False)
    EXPORTS["scripts_zip"].write(order, tmp_path / "scripts.zip", lambda: ticks.append(1))
    with ZipFile(tmp_path / "scripts.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}
    assert texts == enclosed_with(order_for(scheme))
    assert len(ticks) == 3

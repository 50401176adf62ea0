"""The demo survey through the whole house: received, scored, estimated, verified."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from scoring import pipeline, verification
from scoring.models import Cell, Estimate, Scheme, Score
from surveys import demo
from surveys.models import Finding, Interview, Submission, Survey

GOLDEN = Path(__file__).parent.parent / "data" / "golden" / "golden_estimates.csv"
INDEXES = {"index_eq": "equal-v1", "index_rs": "drc-ranksum-v1", "index_roc": "drc-roc-v1"}
COLUMNS = {
    "n": "n",
    "estimate": "estimate",
    "se": "se",
    "deff": "deff",
    "df": "df",
    "logit_low": "low",
    "logit_high": "high",
}

pytestmark = pytest.mark.django_db


def golden_rows() -> Iterator[tuple[tuple[str, str, str, str], dict[str, str]]]:
    """Our key (scheme, by, level, variable) and the row of the reference."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["variable"].replace("poor_", "H_").replace("ck_", "M0_")
            scheme = INDEXES.get(name, "equal-v1")
            variable = "index" if name in INDEXES else name
            yield (scheme, row["by"], row["level"], variable), row


def demo_survey() -> Survey:
    call_command("demo")
    return Survey.objects.get(code=demo.CODE)


def test_the_demo_reaches_the_reference_numbers() -> None:
    """One test of many parts, because loading the demo takes seconds."""
    survey = demo_survey()
    check_intake()
    check_estimates()
    check_disclosure()
    check_indicators_command()
    check_loading_again_changes_nothing()
    check_invented_respondents(survey)
    check_verification(survey)


def check_intake() -> None:
    outcomes = Counter(Interview.objects.values_list("outcome", flat=True))
    assert outcomes == {"completed": 1179, "partial": 21}
    findings = Counter(Finding.objects.values_list("submission__interview__outcome", "kind"))
    assert findings == {("partial", "irrelevant"): 9, ("partial", "required"): 4}


def check_estimates() -> None:
    estimates = {
        (row.set.scheme.name, row.by, row.level, row.variable): row
        for row in Estimate.objects.select_related("set__scheme")
    }
    hidden = []
    for key, golden in golden_rows():
        if estimates[key].suppressed:
            hidden.append(key)
            continue
        for theirs, ours in COLUMNS.items():
            if golden[theirs] not in ("", "NA"):
                value = getattr(estimates[key], ours)
                assert value == pytest.approx(float(golden[theirs]), rel=1e-10), (key, ours)
    assert {variable for *_, variable in hidden} <= {"H_2_5", "M0_2_5", "H_1_2", "M0_1_2"}
    assert len(hidden) == 12


def check_disclosure() -> None:
    """Nothing that is hidden stands somewhere else in the published rows."""
    rows = {(r.set_id, r.by, r.level, r.variable): r for r in Estimate.objects.all()}
    for (made, by, level, variable), row in rows.items():
        if row.suppressed:
            assert (row.n, row.estimate, row.se, row.low) == (None, None, None, None)
        if variable.startswith("A_") and row.suppressed == "poor<10":
            k = variable.removeprefix("A_")
            assert rows[made, by, level, f"H_{k}"].suppressed
            assert rows[made, by, level, f"M0_{k}"].suppressed
        elif by not in ("all", "day", "outcome"):
            assert row.suppressed or (row.n or 0) >= 10


def check_indicators_command() -> None:
    out = StringIO()
    call_command("indicators", "--survey", "demo", "--json", stdout=out)
    rows = {(row["by"], row["variable"]): row for row in json.loads(out.getvalue())}
    index = rows["all", "index"]
    assert list(index) == [
        *("scheme", "variable", "by", "level", "n", "estimate", "se", "deff", "df", "low", "high"),
        "suppressed",
    ]
    assert index["estimate"] == pytest.approx(0.538361576246631, abs=1e-13)
    assert index["se"] == pytest.approx(0.0163209827892151, abs=1e-13)
    assert rows["all", "H_1_3"]["estimate"] == pytest.approx(0.475723874154049, abs=1e-13)
    assert rows["all", "M0_1_3"]["estimate"] == pytest.approx(0.238634089779849, abs=1e-13)


def check_verification(survey: Survey) -> None:
    assert list(verification.differences(survey)) == []
    score = Score.objects.order_by("pk")[0]
    kept = score.index
    Score.objects.filter(pk=score.pk).update(index=0.123)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("verify", "--survey", "demo", stdout=StringIO())
    Score.objects.filter(pk=score.pk).update(index=kept)


def check_loading_again_changes_nothing() -> None:
    models = (Interview, Submission, Score, Cell, Estimate, Scheme)
    before = [model.objects.count() for model in models]
    call_command("demo")
    assert [model.objects.count() for model in models] == before


def check_invented_respondents(survey: Survey) -> None:
    call_command("demo", "--responses", "5", "--seed", "7")
    assert Interview.objects.counted().count() == 1205
    assert not Submission.objects.filter(device="invented", findings__isnull=False).exists()
    for scheme in survey.schemes.all():
        assert list(pipeline.steps(scheme)) == []

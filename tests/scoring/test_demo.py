"""The demo survey through the whole house: received, scored, estimated, verified."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from scoring import comparisons, pipeline, verification
from scoring.models import Estimate, GroupComparison, Scheme, SiteCells
from surveys import demo, erasure, jobs, ledger
from surveys.models import (
    Finding,
    Interview,
    Role,
    Submission,
    Survey,
    Tombstone,
    User,
    WeightVersion,
)
from tests.factories import make_member, make_survey
from tests.scoring.exports.reproduced import check_data_set

CONTRIBUTIONS = Path(__file__).parent.parent / "data" / "golden" / "golden_af_contributions.csv"
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


@pytest.mark.postgres
def test_the_demo_reaches_the_reference_numbers(tmp_path: Path) -> None:
    """One test of many parts, because loading the demo takes seconds."""
    survey = demo_survey()
    check_intake()
    check_estimates()
    check_contributions()
    check_disclosure()
    check_composition_file(survey)
    check_indicators_command()
    check_data_set(survey, tmp_path)
    check_comparison(survey)
    check_weights(survey, tmp_path)
    check_loading_again_changes_nothing()
    check_invented_respondents(survey)
    check_verification(survey)
    check_neither_a_correction_nor_an_erasure_loads_it_again()


def check_intake() -> None:
    outcomes = Counter(Interview.objects.values_list("outcome", flat=True))
    assert outcomes == {"completed": 1179, "partial": 21}
    findings = Counter(Finding.objects.values_list("submission__interview__outcome", "kind"))
    assert findings == {("partial", "irrelevant"): 9, ("partial", "required"): 4}
    # Weights made any later would be why every number changed.
    weighed_at = WeightVersion.objects.get().created_at
    assert not Interview.objects.filter(received_at__lt=weighed_at).exists()


def check_estimates() -> None:
    wanted = Estimate.objects.filter(variable__in={key[-1] for key, _ in golden_rows()})
    estimates = {
        (row.set.scheme.name, row.by, row.level, row.variable): row
        for row in wanted.select_related("set__scheme")
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
    assert len(hidden) == 14
    assert {variable for *_, variable in hidden} <= {"H_2_5", "M0_2_5", "H_1_2", "M0_1_2"}


def check_contributions() -> None:
    """Headcounts of items and their parts of M0, as R has them."""
    everybody = {
        row.variable: row for row in Estimate.objects.filter(set__scheme__is_default=True, by="all")
    }
    breadth = everybody["M0_1_3"].estimate
    assert breadth is not None
    with CONTRIBUTIONS.open(encoding="utf-8", newline="") as file:
        for golden in csv.DictReader(file):
            uncensored, censored, share = (everybody[f"{p}_{golden['item']}"] for p in "UCX")
            assert share.estimate is not None
            found = {
                "uncensored_headcount_among_valid": uncensored.estimate,
                "uncensored_se": uncensored.se,
                "censored_headcount_all": censored.estimate,
                "censored_se": censored.se,
                "abs_contrib": share.estimate * breadth,
                "pct_contrib": share.estimate,
                "pct_contrib_se": share.se,
            }
            for name, value in found.items():
                assert value == pytest.approx(float(golden[name]), rel=1e-10), (golden, name)


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


def check_composition_file(survey: Survey) -> None:
    """It says of which k its rows are, whatever the address asks for."""
    reader = Client()
    reader.force_login(make_member(survey, Role.ANALYST))
    file = reader.get("/admin/dashboard/tables/composition.csv", {"k": "1/2"}).content.decode()
    rows = list(csv.DictReader(file.removeprefix("\ufeff").splitlines()))
    assert {row["k"] for row in rows if row["what"] in ("M0 share", "counted")} == {"1/3"}
    assert {row["k"] for row in rows if row["what"] in ("gap", "lacking")} == {""}


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


def check_comparison(survey: Survey) -> None:
    """The cities' open ranks are those of the reference (R, 1,000 draws)."""
    scheme = survey.schemes.get(is_default=True)
    job = comparisons.request(scheme, None)
    jobs.run(job.pk)
    assert GroupComparison.objects.filter(scheme=scheme, by="a1").exists()
    out = StringIO()
    call_command("compare", "--survey", "demo", "--by", "a1", "--seed", "1", stdout=out)
    found = json.loads(out.getvalue())
    at = found["groups"].index("c04")
    ends = {name: (ranks["low"][at], ranks["high"][at]) for name, ranks in found["layers"].items()}
    assert found["rank"][at] == 4
    assert ends == {"sampling": (2, 7), "method": (3, 4), "both": (2, 7)}
    first = next(d for d in found["differences"] if (d["a"], d["b"]) == ("c01", "c02"))
    assert first["difference"] == pytest.approx(-0.1504597, abs=1e-7)
    assert found["factors"]["sampling"]["total"] > found["factors"]["weights"]["total"]
    check_comparison_page(survey)


def check_comparison_page(survey: Survey) -> None:
    compared = GroupComparison.objects.get(scheme__is_default=True, by="a1")
    address = f"/admin/scoring/groupcomparison/{compared.pk}/change/"
    reader, stranger = Client(), Client()
    reader.force_login(make_member(survey, Role.ANALYST))
    stranger.force_login(make_member(make_survey("elsewhere"), Role.COORDINATOR))
    page = reader.get(address).content.decode()
    assert page.index("City 03") < page.index("City 12")
    assert "18 of 66 pairs" in page
    assert "have changed since" not in page
    assert stranger.get(address).status_code == 404


def check_weights(survey: Survey, folder: Path) -> None:
    """Raked to the reference's margins, the index of everybody and of each city is R's."""
    reference = json.loads((GOLDEN.parent / "golden_raking.json").read_text("utf-8"))
    totals = reference["totals"]
    people, men = totals["(Intercept)"], totals["sexm"]
    ages = {level: totals[f"age4{level}"] for level in ("30-39", "40-49", "50+")}
    margins = {
        "a3": {"f": people - men, "m": men},
        "age": {"16-29": people - sum(ages.values()), **ages},
    }
    file = folder / "margins.json"
    file.write_text(json.dumps(margins), "utf-8")
    out = StringIO()
    call_command(
        *("weigh", "--survey", "demo", "--name", "raked", "--base", "golden", "--no-trim"),
        *("--margins", str(file)),
        stdout=out,
    )
    stages = WeightVersion.objects.get(is_current=True).stages
    assert [stage["name"] for stage in stages] == ["design", "response", "raking"]
    rows = Estimate.objects.filter(set__scheme__is_default=True, variable="index")
    index = {row.level: row.estimate for row in rows if row.by in ("all", "a1")}
    assert index["all"] == pytest.approx(reference["mean"], rel=1e-9)
    for city in reference["by_city"]:
        assert index[city["city"]] == pytest.approx(city["estimate"], rel=1e-9)
    check_wrong_margins(file, margins)


def check_wrong_margins(file: Path, margins: dict[str, dict[str, float]]) -> None:
    file.write_text(json.dumps({"a3": margins["a3"] | {"x": 5}}), "utf-8")
    with pytest.raises(CommandError, match="x"):
        call_command("weigh", "--survey", "demo", "--name", "wrong", "--margins", str(file))
    assert not WeightVersion.objects.filter(name="wrong").exists()


def check_verification(survey: Survey) -> None:
    assert list(verification.differences(survey)) == []
    site = SiteCells.objects.order_by("pk")[0]
    kept = bytes(site.items)
    SiteCells.objects.filter(pk=site.pk).update(items=kept[::-1])
    assert next(verification.differences(survey))
    SiteCells.objects.filter(pk=site.pk).update(items=kept)


def check_loading_again_changes_nothing() -> None:
    models = (Interview, Submission, SiteCells, Estimate, Scheme)
    before = [model.objects.count() for model in models]
    call_command("demo")
    assert [model.objects.count() for model in models] == before


def check_invented_respondents(survey: Survey) -> None:
    call_command("demo", "--responses", "5", "--seed", "7")
    assert Interview.objects.counted().count() == 1205
    assert not Submission.objects.filter(device="invented", findings__isnull=False).exists()
    for scheme in survey.schemes.all():
        assert list(pipeline.steps(scheme)) == []


def check_neither_a_correction_nor_an_erasure_loads_it_again() -> None:
    case, other = Interview.objects.filter(outcome="completed", current__device="demo")[:2]
    answer = {"f": "m", "m": "f"}[case.answers["g_a/a3"]]
    by = User.objects.get(username="coordinator")
    ledger.correct(case.pk, {"g_a/a3": answer}, by=by, reason="A test.", seen=case.current_id)
    erasure.erase(other.pk, by=by, reason=Tombstone.Reason.WITHDRAWN)
    assert demo.is_loaded()
    Tombstone.objects.filter(root_uuid=other.root_uuid).update(root_uuid="uuid:of-somebody-else")
    assert not demo.is_loaded()

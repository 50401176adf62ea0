"""The panel of what lack of integration is made of: parts, bars, items, and what is hidden of them."""

from collections.abc import Iterator

import pytest

from scoring.dashboard.composition import Composition, amount, composition_of
from scoring.dashboard.figures import Figure
from scoring.dashboard.questions import Questions, Wording
from scoring.dashboard.rows import Rows
from scoring.maths.cells import EVERYBODY, Domain
from scoring.models import Estimate
from scoring.schemes import five_standards
from tests.scoring.dashboard.rows import spec

SHARES = {"XS_S1": 0.25, "XS_S2": 0.15, "XS_S3": 0.3, "XS_S4": 0.12, "XS_S5": 0.18}
ITEMS = {"s1_1": 0.02, "s2_6": 0.08, "s3_1": 0.05}
ASKED = Questions({"s2_6": Wording("How many hours a week?")})


def row(variable: str, estimate: float, suppressed: str = "") -> Estimate:
    by, level = EVERYBODY
    made = Estimate(variable=variable, by=by, level=level, n=100, suppressed=suppressed)
    made.estimate, made.low, made.high = estimate, estimate * 0.9, estimate * 1.1
    return made


def rows() -> Iterator[Estimate]:
    yield row("M0_1_3", 0.2)
    for name, share in SHARES.items():
        yield row(name, share)
    yield row("gap_S1", 0.103)
    yield row("XC_welfare", 0.4)
    for name, share in ITEMS.items():
        yield row(f"X_{name}", share)
        yield row(f"U_{name}", 0.5)
        yield row(f"C_{name}", 0.3)


def made_of(found: list[Estimate], group: Domain = EVERYBODY) -> Composition:
    return composition_of(Rows.of(found, has_interval=True), spec(), ASKED, group)


def hide(found: list[Estimate], variable: str) -> None:
    for each in found:
        if each.variable == variable:
            each.suppressed = "poor<10"


def test_standards_and_core_contents_have_their_parts() -> None:
    found = made_of(list(rows()))
    assert [(part.name, part.figure.text, part.amount) for part in found.standards[:3]] == [
        ("S1", "25.0%", "0.050"),
        ("S2", "15.0%", "0.030"),
        ("S3", "30.0%", "0.060"),
    ]
    assert {part.title: part.figure.text for part in found.core_contents}[
        "Basic social welfare"
    ] == "40.0%"
    assert [part.name for part in found.core_contents] == [""] * 4
    assert (found.gaps[0].figure.text, found.gaps[0].amount) == ("10.3", "")
    assert found.k == "1/3"


def test_bars_are_as_long_as_the_longest_interval() -> None:
    bars = {part.name: part.bar for part in made_of(list(rows())).standards}
    assert bars["S3"] is not None
    assert (bars["S3"].width, bars["S3"].low, bars["S3"].high) == (90.9, 81.8, 100.0)
    assert bars["S2"] is not None
    assert bars["S2"].width == 45.5


def test_what_adds_most_comes_first_and_hidden_ones_tell_nothing_by_their_place() -> None:
    found = list(rows())
    hide(found, "X_s2_6")
    items = made_of(found).items
    assert [item.name for item in items[:2]] == ["s3_1", "s1_1"]
    by_form = [each["name"] for each in five_standards()["items"]]
    rest = [item.name for item in items[2:]]
    assert rest == [name for name in by_form if name in rest]
    hidden = next(item for item in items if item.name == "s2_6")
    assert (hidden.share.text, hidden.share.value, hidden.amount) == ("hidden", None, "")


def test_an_item_is_told_in_the_words_of_the_form() -> None:
    item = made_of(list(rows())).first[0]
    assert (item.question, item.standard) == ("How many hours a week?", "S2")
    assert (item.lacking.text, item.counted.text, item.share.text) == ("50.0%", "30.0%", "8.0%")
    assert item.amount == "0.016"


def test_ten_items_are_shown_and_the_others_when_asked_for() -> None:
    found = made_of(list(rows()))
    assert (len(found.first), len(found.others)) == (10, len(found.items) - 10)


@pytest.mark.parametrize(("share", "whole"), [(None, 0.2), (25.0, None)])
def test_no_amount_without_both_numbers(share: float | None, whole: float | None) -> None:
    assert amount(Figure("", share), Figure("", whole)) == ""


def test_of_a_group_without_numbers_nothing_is_known() -> None:
    nobody = made_of(list(rows()), Domain("a3", "f"))
    assert not nobody.is_known
    assert nobody.standards[0].bar is None
    assert made_of(list(rows())).is_known

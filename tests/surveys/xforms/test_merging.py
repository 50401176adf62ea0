"""Which version a change builds on, and when two contradict each other."""

from surveys.xforms.merging import HARD, SOFT, Claim, Version, foundation, merge, worse

ONLINE = Claim(None, None, "")
FIRST = Version(1, {"label": "Li", "phone": "1", "job": "cook"}, ONLINE)
SECOND = Version(2, {"label": "Li", "phone": "2", "job": "cook"}, Claim(1, None, ""))


def test_online_a_change_builds_on_the_version_that_it_names() -> None:
    assert foundation(Claim(1, None, ""), [FIRST, SECOND]) is FIRST
    assert foundation(Claim(2, 2, "b"), [FIRST, SECOND]) is SECOND
    assert foundation(Claim(3, None, ""), [FIRST, SECOND]) is None
    assert foundation(Claim(None, None, ""), [FIRST]) is FIRST


def test_offline_it_builds_on_the_one_before_it_in_its_branch() -> None:
    branch = Version(3, SECOND.values, Claim(1, 1, "b"))
    assert foundation(Claim(2, 1, "b"), [FIRST, SECOND]) is None
    assert foundation(Claim(2, 1, "b"), [FIRST, SECOND, branch]) is branch
    assert foundation(Claim(2, 1, "c"), [FIRST, SECOND, branch]) is None


def test_what_was_created_offline_begins_its_branch() -> None:
    assert foundation(Claim(1, None, "b"), [FIRST]) is FIRST
    assert foundation(Claim(2, None, "b"), [FIRST]) is None


def test_a_change_of_the_latest_version_is_no_conflict() -> None:
    merged = merge({"phone": "3"}, Claim(2, None, ""), SECOND, [FIRST, SECOND])
    assert merged.values == {"label": "Li", "phone": "3", "job": "cook"}
    assert merged.conflict == ""


def test_other_properties_are_a_soft_conflict_and_the_same_one_a_hard_one() -> None:
    versions = [FIRST, SECOND]
    assert merge({"job": "mason"}, Claim(1, None, ""), FIRST, versions).conflict == SOFT
    merged = merge({"phone": "3"}, Claim(1, None, ""), FIRST, versions)
    assert (merged.conflict, merged.conflicts, merged.values["phone"]) == (HARD, ("phone",), "3")
    assert merge({"phone": "2"}, Claim(1, None, ""), FIRST, versions).conflict == SOFT


def test_a_branch_that_others_interrupted_stays_a_soft_conflict() -> None:
    branch = Version(3, SECOND.values, Claim(1, 1, "b"))
    claim = Claim(2, 1, "b")
    assert merge({"job": "mason"}, claim, branch, [FIRST, SECOND, branch]).conflict == SOFT
    alone = Version(2, FIRST.values, Claim(1, 1, "b"))
    assert merge({"job": "mason"}, claim, alone, [FIRST, alone]).conflict == ""


def test_created_twice_is_judged_against_all_that_is_there() -> None:
    assert merge({"phone": "9"}, ONLINE, None, [FIRST]).conflicts == ("phone",)
    assert merge({"phone": "1"}, ONLINE, None, [FIRST]).conflict == SOFT


def test_the_worse_of_two_conflicts_stays() -> None:
    assert [worse("", SOFT), worse(HARD, SOFT), worse("", "")] == [SOFT, HARD, ""]


def test_what_the_survey_keeps_up_contradicts_nobody() -> None:
    upkeep = Version(2, {**FIRST.values, "outcome": "completed"}, ONLINE, is_upkeep=True)
    assert merge({"phone": "9"}, Claim(1, None, ""), FIRST, [FIRST, upkeep]).conflict == ""
    branch = Version(3, upkeep.values, Claim(1, 1, "b"))
    assert merge({"job": "x"}, Claim(2, 1, "b"), branch, [FIRST, upkeep, branch]).conflict == ""

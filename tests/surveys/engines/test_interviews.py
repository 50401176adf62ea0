"""Random interviews, which both graphs must lead to the same; `make fuzz` leads many more."""

from random import Random

from tests.fuzz.engines.filling import Difference, differences, lines_of, make_interview

SEED = 20_261_123
COUNT = 50


def test_both_graphs_lead_interviews_to_the_same() -> None:
    assert list(lines_of(differences(SEED, COUNT))) == []


def test_interviews_meet_what_forms_have() -> None:
    interviews = [make_interview(Random(seed), steps=8) for seed in range(30)]
    forms = " ".join(interview.xform for interview in interviews)
    for part in ("calculate=", "relevant=", "constraint=", "required=", "readonly=", "jr:count="):
        assert part in forms
    for part in ("<itemset", "randomize(", "<setvalue", "once(", "position(", "preceding-sibling"):
        assert part in forms
    for part in ("jr:preload=", "<orx:audit/>", "<meta><", "<entity", " kind=", "uuid(", "now()"):
        assert part in forms
    assert any(interview.known for interview in interviews)
    taken = {kind for interview in interviews for step in interview.steps for kind in step}
    assert taken == {"set", "add", "remove"}
    problems = {
        kind for one in interviews for seen in one.seen for kind in seen["problems"].values()
    }
    assert problems == {"required", "type", "choice", "constraint"}


def test_a_difference_is_shown_with_all_its_steps() -> None:
    interview = make_interview(Random(SEED), steps=2)
    shown = list(lines_of([Difference(interview, 1, {"tree": "é"}, {"tree": 1})]))
    assert shown[-1] == '  tree: "é" in python, 1 in javascript'
    assert (
        len(shown) == 6
    )  # a blank line, the form, what is known, the beginning, a step, what differs

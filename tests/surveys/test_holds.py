"""Rules that hold interviews as they arrive: which, how they are drawn, and what they cost."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys import holds
from surveys.models import Decision, Finding, Interview, QuestionnaireVersion, ReviewRule, Site
from surveys.submissions import Receipt, Sender
from tests.factories import NOBODY, make_enumerator, make_site, make_survey, receive

pytestmark = pytest.mark.django_db
State, Picks = Interview.State, ReviewRule.Picks


def make_rule(site: Site, picks: ReviewRule.Picks, **fields: object) -> ReviewRule:
    return ReviewRule.objects.create(survey=site.survey, picks=picks, **fields)


def send(
    version: QuestionnaireVersion,
    name: str = "",
    corrects: str = "",
    sender: Sender = NOBODY,
    **answers: str,
) -> Receipt:
    complete = {"psu_id": "S1", "age": "30", "works": "no", **answers}
    return receive(version, sender, name, corrects, **complete)


def state(receipt: Receipt) -> str:
    return str(Interview.objects.get(pk=receipt.submission.interview_id).state)


def test_every_interview_is_held_with_the_rule_as_the_reason(
    site: Site, version: QuestionnaireVersion
) -> None:
    rule = make_rule(site, Picks.ALL)
    receipt = send(version)
    assert state(receipt) == State.FLAGGED
    word = Decision.objects.get()
    assert (word.rule, word.by, word.submission) == (rule, None, receipt.submission)
    assert (word.before, word.after) == (State.SUBMITTED, State.FLAGGED)


def test_a_rule_that_is_switched_off_or_of_another_survey_holds_nothing(
    site: Site, version: QuestionnaireVersion
) -> None:
    make_rule(site, Picks.ALL, is_active=False)
    make_rule(make_site(make_survey()), Picks.ALL)
    assert state(send(version)) == State.SUBMITTED


@pytest.mark.parametrize(
    ("kinds", "held"), [(["constraint"], True), (["required"], False), ([], True)]
)
def test_findings_of_a_kind_hold(
    site: Site, version: QuestionnaireVersion, kinds: list[str], *, held: bool
) -> None:
    make_rule(site, Picks.FINDINGS, kinds=kinds)
    assert state(send(version)) == State.SUBMITTED
    assert state(send(version, age="12")) == (State.FLAGGED if held else State.SUBMITTED)


def test_an_enumerator_can_be_watched(site: Site, version: QuestionnaireVersion) -> None:
    watched, other = make_enumerator(site), make_enumerator(site)
    make_rule(site, Picks.ENUMERATORS).enumerators.add(watched)
    assert state(send(version, sender=Sender(watched))) == State.FLAGGED
    assert state(send(version, sender=Sender(other))) == State.SUBMITTED


def test_a_draw_is_always_the_same_and_of_the_share_that_was_asked_for() -> None:
    ids = [f"uuid:{UUID(int=number)}" for number in range(10_000)]
    for share in (0, 5, 50, 100):
        drawn = [one for one in ids if holds.is_drawn("seed", one, share)]
        assert drawn == [one for one in ids if holds.is_drawn("seed", one, share)]
        spread = (10_000 * share / 100 * (1 - share / 100)) ** 0.5
        assert abs(len(drawn) - 100 * share) <= 4 * spread
    few = {one for one in ids if holds.is_drawn("seed", one, 5)}
    assert few <= {one for one in ids if holds.is_drawn("seed", one, 50)}
    assert few != {one for one in ids if holds.is_drawn("other", one, 5)}
    # What was drawn must be drawn in ten years: HMAC-SHA256 of the id under the seed.
    assert min(few) == "uuid:00000000-0000-0000-0000-000000000095"


def test_the_share_of_a_survey_is_drawn(site: Site, version: QuestionnaireVersion) -> None:
    rule = make_rule(site, Picks.SHARE, share=50)
    for number in range(12):
        held = holds.is_drawn(rule.seed, f"uuid:{number}", 50)
        assert (state(send(version, f"uuid:{number}")) == State.FLAGGED) is held


def test_all_rules_that_hold_are_named(site: Site, version: QuestionnaireVersion) -> None:
    rules = [make_rule(site, Picks.ALL), make_rule(site, Picks.SHARE, share=100)]
    send(version)
    assert [one.rule for one in Decision.objects.all()] == rules


def test_a_correction_neither_escapes_nor_is_counted_twice(
    site: Site, version: QuestionnaireVersion
) -> None:
    make_rule(site, Picks.FINDINGS)
    send(version, "uuid:1", age="12")
    assert state(send(version, "uuid:2", "uuid:1", age="30")) == State.FLAGGED
    assert Decision.objects.count() == 1


def test_a_correction_that_comes_first_is_held_once_it_is_released(
    site: Site, version: QuestionnaireVersion
) -> None:
    make_rule(site, Picks.FINDINGS, kinds=["constraint"])
    assert state(send(version, "uuid:2", "uuid:1", age="12")) == State.QUARANTINED
    assert state(send(version, "uuid:1")) == State.FLAGGED
    assert Decision.objects.get().submission.instance_id == "uuid:2"


def test_practice_and_what_waits_anyway_are_not_held(
    site: Site, version: QuestionnaireVersion
) -> None:
    make_rule(site, Picks.ALL)
    assert state(send(version, sender=Sender(None, is_practice=True))) == State.SUBMITTED
    waits = send(version, psu_id="S9")
    assert state(waits) == State.QUARANTINED
    assert Finding.objects.get().kind == Finding.Kind.UNKNOWN_SITE
    assert not Decision.objects.exists()


def test_without_a_rule_nothing_is_asked(site: Site, version: QuestionnaireVersion) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            send(version)
        return len(queries)

    send(version)  # with whatever is read once
    without = asked()
    make_rule(site, Picks.SHARE, share=0)
    assert asked() == without + 1

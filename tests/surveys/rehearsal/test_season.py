"""A small season, sent and judged: who makes interviews up is found, by what was stored."""

from collections import deque
from dataclasses import replace
from io import StringIO
from itertools import islice

import pytest
from django.core.management import CommandError, call_command

from surveys import checks, demo
from surveys.models import Attempt, Interview, Submission
from surveys.rehearsal import again, incidents, outcome, season, selected
from surveys.rehearsal.plan import SITES, planted, visits
from surveys.rehearsal.season import Season
from surveys.sampling.outcomes import Outcome

pytestmark = pytest.mark.django_db
PEOPLE = 2  # of a site, few enough to be quick
CUT_OFF = 10


def small_season(*kinds: str) -> Season:
    """A season with few people at each site, received; loading was cut off once."""
    made = season.build(5, kinds)
    made = replace(made, plan=replace(made.plan, target=PEOPLE, surplus=2))
    made.survey.sites.update(target=PEOPLE)
    selected.select(made)
    deque(islice(season.load(made), CUT_OFF), maxlen=0)
    assert Interview.objects.count() == CUT_OFF
    deque(season.load(made), maxlen=0)
    return made


def test_a_maker_is_found_and_nobody_else_suspected() -> None:
    made = small_season("home")
    judged = outcome.judge(made, made.plan.ends_at)
    (maker,) = [one for one in judged if one.kind]
    assert maker.is_suspected
    assert {"far", "short", "straight"} <= set(maker.reasons)
    assert maker.since is not None
    assert made.plan.begins_at.date() < maker.since < made.plan.ends_at.date()
    assert not [one.enumerator for one in judged if one.is_accused]
    assert [line for line in outcome.table(judged) if "home" in line and "MISSED" not in line]
    check_what_was_stored(made)
    check_that_selected_people_were_tried(made)
    assert again.visit_again(made) >= again.OF_EACH * len(demo.ENUMERATORS)
    assert again.visit_again(made) == 0
    checks.run(made.survey)
    check_that_incidents_are_seen(made)


def check_what_was_stored(made: Season) -> None:
    """Plants are in the answers, the logs and the times, as from any device."""
    expected = visits(made.plan)
    interviews = Interview.objects.filter(wave=made.wave)
    assert interviews.count() == len(expected)
    assert interviews.filter(state=Interview.State.QUARANTINED).count() == 0
    refused = interviews.filter(outcome=Interview.Outcome.REFUSED)
    assert refused.count() == sum(one.is_refused for one in expected) > 0
    whole = interviews.filter(outcome=Interview.Outcome.COMPLETED)
    logged = whole.filter(current__attachments__audit_log__active_seconds__gt=60)
    assert whole.count() == logged.count() == sum(one.is_whole for one in expected)
    complete = Submission.objects.filter(current_of__in=whole)
    assert not complete.filter(findings__isnull=False).exists()
    returned = interviews.filter(state=Interview.State.RETURNED)
    assert returned.count() == season.RETURNED - season.CORRECTED
    latest = interviews.latest("received_at").received_at
    assert latest <= made.plan.ends_at


def check_that_selected_people_were_tried(made: Season) -> None:
    """Everybody who was met had been listed; of the others every attempt is kept, once."""
    tried = selected.try_in_vain(made)
    assert selected.try_in_vain(made) == tried == Attempt.objects.count()
    cases = made.wave.cases
    assert not cases.filter(is_listed=False).exists()
    unmet = cases.filter(interviews__isnull=True)
    assert unmet.count() == SITES * selected.NEVER_MET
    assert set(unmet.values_list("attempt_count", flat=True)) == {selected.TRIES}
    met = cases.filter(interviews__outcome=Interview.Outcome.COMPLETED)
    assert set(met.values_list("outcome", flat=True)) == {Outcome.COMPLETED}
    assert met.filter(attempt_count__gt=1).exists()


def check_that_incidents_are_seen(made: Season) -> None:
    found = {one.name: (one.planted, one.seen) for one in incidents.incidents(made)}
    assert found.pop("sites beyond their target")[1] > 0
    assert found.pop("a clock ahead")[1] > 0
    assert found["people met twice"] == (6, 6)
    assert [name for name, (planted, seen) in found.items() if planted != seen] == []


def test_a_seed_decides_who_makes_up_interviews_and_the_code_tells_seasons_apart() -> None:
    assert season.code_of(season.SEED, ("copy", "home", "shorten")) == "season"
    assert season.code_of(4, ("copy",)) == "season-4-copy"
    makers = [planted(seed, ("copy", "home", "shorten")) for seed in range(1, 6)]
    assert planted(1, ("copy", "home", "shorten")) == makers[0]
    assert len({tuple(one.items()) for one in makers}) == len(makers)
    assert all(one.keys() <= set(range(len(demo.ENUMERATORS))) for one in makers)


@pytest.mark.parametrize(
    ("makers", "said"),
    [("copy,nobody", "not nobody"), ("copy,copy,copy,copy,copy", "at most 4")],
)
def test_makers_that_cannot_be_planted_are_refused(makers: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("demo", "--season", "--makers", makers, stdout=StringIO())

"""Interviews are drawn as they come in: a share of everybody's, each once, again the same."""

import pytest

from surveys.backchecks import draw, setup
from surveys.models import Interview, Membership, Role, SecondVisit
from surveys.submissions import Sender
from tests.factories import make_enumerator, make_member, receive
from tests.surveys.backchecks.season import interviews_of, make_backcheck, make_team

pytestmark = pytest.mark.django_db


def test_a_share_of_everybodys_interviews_is_drawn_whatever_the_rounds() -> None:
    team = make_team()
    first, second = team.enumerators
    backcheck = make_backcheck(team, share=0.25)
    for _ in range(4):
        interviews_of(team, first, 3)
        draw.draw(backcheck.pk)
    interviews_of(team, second, 8)
    assert draw.draw(backcheck.pk).looked_at == 8
    drawn = backcheck.visits.values_list("interview__enumerator", flat=True)
    assert sorted(drawn) == sorted([first.pk] * 3 + [second.pk] * 2)
    assert draw.draw(backcheck.pk).looked_at == 0


def test_the_same_seed_draws_the_same_again_and_another_one_others() -> None:
    team = make_team()
    interviews_of(team, team.enumerators[0], 20)
    one, same, other = (make_backcheck(team, 0.2, seed=seed) for seed in (1, 1, 2))
    picked = []
    for backcheck in (one, same, other):
        draw.draw(backcheck.pk)
        picked.append(list(backcheck.visits.order_by("pk").values_list("interview", flat=True)))
    assert picked[0] == picked[1] != picked[2]


def test_the_least_number_is_drawn_where_it_is_asked_for() -> None:
    team = make_team()
    backcheck = make_backcheck(team, share=0.1, least=2)
    interviews_of(team, team.enumerators[0], 3)
    draw.draw(backcheck.pk)
    before = backcheck.visits.count()
    draw.draw(backcheck.pk, fills=True)
    assert before < 2
    assert backcheck.visits.count() == 2


def test_what_does_not_count_is_not_drawn() -> None:
    team = make_team()
    kept, gone = interviews_of(team, team.enumerators[0], 2)
    Interview.objects.filter(pk=gone.pk).update(state=Interview.State.REJECTED)
    practice = Sender(team.enumerators[0], is_practice=True)
    receive(team.version, practice, psu_id=team.site.code, age="30", works="no")
    backcheck = make_backcheck(team)
    draw.draw(backcheck.pk)
    assert backcheck.visits.get().interview == kept


def test_nobody_visits_their_own_interview_or_that_of_a_team_they_lead() -> None:
    team = make_team()
    leader = make_member(team.survey, Role.SUPERVISOR, team="north")
    own = team.enumerators[0]
    interviews_of(team, own, 4)
    alone = make_backcheck(team, checkers=(own, leader))
    assert draw.draw(alone.pk).alone == 4
    assert not alone.visits.exclude(checker=None).exists()
    setup.set_checkers(alone, [own, team.checker])
    assert set(alone.visits.values_list("checker", flat=True)) == {team.checker.pk}


def test_work_is_shared_out_evenly() -> None:
    team = make_team()
    another = make_enumerator(team.site)
    Membership.objects.filter(user=another).update(team="south")
    interviews_of(team, team.enumerators[0], 6)
    backcheck = make_backcheck(team, checkers=(team.checker, another))
    draw.draw(backcheck.pk)
    for person in (team.checker, another):
        assert SecondVisit.objects.filter(checker=person).count() == 3

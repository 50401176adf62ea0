"""Every outcome has its place among AAPOR's dispositions."""

import pytest

from surveys.models import Interview
from surveys.sampling.outcomes import DISPOSITIONS, Group, Outcome

BY_FIRST_DIGIT = {
    "1": {Group.COMPLETE, Group.PARTIAL},
    "2": {Group.REFUSAL, Group.NON_CONTACT, Group.OTHER},
    "3": {Group.UNKNOWN_HOUSEHOLD, Group.UNKNOWN_OTHER},
    "4": {Group.NOT_ELIGIBLE},
}


@pytest.mark.parametrize("outcome", Outcome)
def test_the_code_of_an_outcome_lies_in_its_group(outcome: Outcome) -> None:
    assert outcome.group in BY_FIRST_DIGIT[outcome.disposition.code[0]]


def test_every_outcome_has_a_disposition_and_every_group_an_outcome() -> None:
    assert set(DISPOSITIONS) == set(Outcome)
    assert {outcome.group for outcome in Outcome} == set(Group)


@pytest.mark.parametrize("outcome", Interview.Outcome)
def test_what_an_interview_ended_with_is_final(outcome: str) -> None:
    assert Outcome(outcome).is_final


def test_who_was_met_counts_as_a_contact() -> None:
    met = {outcome for outcome in Outcome if outcome.group.is_contact}
    assert {Outcome.COMPLETED, Outcome.REFUSED, Outcome.CALL_BACK} <= met
    assert not {Outcome.AWAY, Outcome.NOT_FOUND, Outcome.VACANT, Outcome.MOVED} & met

"""Where interviews were made."""

import numpy as np
import pytest

from surveys.quality import places
from surveys.quality.finding import Check, Severity
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import make_fieldwork, make_whereabouts


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        ((0, 0), (0, 1), 111_195.08),
        ((30, 114), (30, 114), 0),
        ((90, 0), (-90, 0), 20_015_114.4),
        ((0, 179.5), (0, -179.5), 111_195.08),
    ],
)
def test_metres(a: tuple[float, float], b: tuple[float, float], metres: float) -> None:
    found = places.metres(*(np.array([degrees], float) for degrees in (*a, *b)))
    assert found.tolist() == pytest.approx([metres], rel=1e-6)


def test_far_from_the_site_even_if_the_receiver_was_off() -> None:
    where = make_whereabouts(
        4, latitude=[30.001, 30.01, 30.01, None], accuracy_m=[5, 5, 500, None]
    )  # 111 m, 1,112 m and 1,112 m give or take 500
    found = list(places.find(make_fieldwork(4, whereabouts=where), Thresholds()))
    assert [(one.check, one.name) for one in found if one.check is Check.FAR_FROM_SITE] == [
        (Check.FAR_FROM_SITE, "I1")
    ]


def test_an_accuracy_of_nothing_is_an_application_s() -> None:
    where = make_whereabouts(3, latitude=[30.0, 30.0001, None], accuracy_m=[5, 0, 0])
    found = list(places.find(make_fieldwork(3, whereabouts=where), Thresholds()))
    assert [(one.check, one.name) for one in found] == [(Check.NO_ACCURACY, "I1")]


def test_one_place_is_a_note_at_one_site_and_an_alert_at_several() -> None:
    where = make_whereabouts(5, latitude=[30.0001, 30.0001, 30.0002, 30.0002, 30.0002])
    fieldwork = make_fieldwork(
        5, whereabouts=where, site=["S1", "S1", "S1", "S2", "S2"], enumerator=["E1"] * 4 + ["E2"]
    )
    found = list(places.find(fieldwork, Thresholds()))
    assert [(one.check, one.severity, one.interviews) for one in found] == [
        (Check.SAME_PLACE, Severity.NOTE, ("I0", "I1")),
        (Check.SAME_PLACE, Severity.ALERT, ("I2", "I3")),
    ]
    assert found[0].key != found[1].key


def test_who_has_no_places_where_the_others_have() -> None:
    latitude = [30 + 0.0001 * place if place < 30 else None for place in range(40)]
    who = ["E1"] * 30 + ["E2"] * 10
    where = make_whereabouts(40, latitude=latitude)
    (found,) = places.find(make_fieldwork(40, whereabouts=where, enumerator=who), Thresholds())
    assert (found.check, found.name, found.value, found.expected) == (Check.NO_PLACE, "E2", 1, 0.25)


def test_nobody_has_places() -> None:
    assert list(places.find(make_fieldwork(10), Thresholds())) == []

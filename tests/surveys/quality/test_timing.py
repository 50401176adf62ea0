"""What one person can have done."""

from surveys.quality import clocks, timing, versions
from surveys.quality.finding import About, Check, Finding
from surveys.quality.thresholds import Thresholds
from tests.surveys.quality.small import NOON, make_fieldwork, make_whereabouts

HOUR = 3_600.0


def told(findings: list[Finding]) -> list[tuple[Check, str, tuple[str, ...]]]:
    return [(one.check, one.name, one.interviews) for one in findings]


def test_two_interviews_at_once() -> None:
    start, end = [NOON, NOON + 1_800, NOON + 1_800], [NOON + HOUR, NOON + 2 * HOUR, NOON + HOUR]
    fieldwork = make_fieldwork(3, start=start, end=end, enumerator=["E1", "E1", "E2"])
    (found,) = timing.find(fieldwork, Thresholds())
    assert told([found]) == [(Check.OVERLAP, "I1", ("I1", "I0"))]
    assert found.value == 1_800


def test_a_minute_or_a_form_that_was_broken_off_is_no_overlap() -> None:
    start, end = [NOON, NOON + HOUR - 50], [NOON + HOUR, NOON + 2 * HOUR]
    assert list(timing.find(make_fieldwork(2, start=start, end=end), Thresholds())) == []
    start = [NOON, NOON + 600]
    refused = make_fieldwork(2, start=start, end=end, is_complete=[False, True])
    assert list(timing.find(refused, Thresholds())) == []


def test_too_far_in_too_short_a_time() -> None:
    places = make_whereabouts(3, latitude=[30.0, 31.0, 31.001])  # 111 km, then 111 m
    start = [NOON, NOON + 1.5 * HOUR, NOON + 2.5 * HOUR + 1]
    end = [instant + HOUR for instant in start]
    fieldwork = make_fieldwork(3, start=start, end=end, whereabouts=places)
    (found,) = timing.find(fieldwork, Thresholds())
    assert told([found]) == [(Check.TRAVEL, "I1", ("I1", "I0"))]
    assert found.value is not None
    assert 222 < found.value < 223


def test_more_in_a_day_than_there_is_time_for() -> None:
    start = [NOON + 600 * place for place in range(18)]
    fieldwork = make_fieldwork(18, start=start, end=[instant + 500 for instant in start])
    (found,) = timing.find(fieldwork, Thresholds())
    assert (found.check, found.about, found.name) == (Check.CROWDED_DAY, About.ENUMERATOR, "E1")
    assert (found.value, found.doubt) == (18, "20000")


def test_the_night_is_that_of_the_survey() -> None:
    start = [NOON, NOON + 9 * HOUR, NOON + 11 * HOUR]  # noon, 21 h and 23 h
    fieldwork = make_fieldwork(3, start=start)
    assert told(list(timing.find(fieldwork, Thresholds()))) == [(Check.NIGHT, "I2", ("I2",))]
    east = make_fieldwork(3, start=start, utc_offset_s=8 * HOUR)  # 20 h, 5 h and 7 h
    assert [one.name for one in timing.find(east, Thresholds())] == ["I1"]


def test_clocks_that_were_wrong() -> None:
    fieldwork = make_fieldwork(
        4,
        start=[NOON, NOON, NOON, NOON - 86_400],
        end=[NOON + HOUR, NOON + HOUR, NOON - 10, NOON],
        received=[NOON + HOUR, NOON, NOON + HOUR, NOON + HOUR],
        published={"1": NOON - HOUR},
    )
    found = [(one.name, one.doubt, one.value) for one in clocks.find(fieldwork, Thresholds())]
    assert found == [
        ("I1", "ahead", HOUR), ("I2", "backwards", 10), ("I3", "before_form", 23 * HOUR),
    ]  # fmt: skip


def test_a_form_that_had_been_replaced() -> None:
    day = 86_400.0
    fieldwork = make_fieldwork(
        4,
        version=["1", "1", "2", None],
        start=[NOON + 1.5 * day, NOON + 2.5 * day, NOON + 9 * day, NOON + 9 * day],
        published={"1": NOON - day, "2": NOON + day},
    )
    (found,) = versions.find(fieldwork, Thresholds())
    assert (found.name, found.question, found.value) == ("I1", "1", 1.5 * day)

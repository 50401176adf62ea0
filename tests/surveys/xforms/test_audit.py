"""audit.csv: what Collect writes is understood, what it never wrote is counted, nothing raises."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.xforms.audit import MOST_BYTES, MOST_ROWS, Log, Position, covered, read_log

T = 1_790_000_000_000  # 2026-09-21T14:13:20Z, in milliseconds
WHOLE = f"""event,node,start,end,latitude,longitude,accuracy,old-value,new-value,user,change-reason
form start,,{T},,,,,,,li,
question,/data/g/age,{T},{T + 4000},31.2,121.4,5.5,,30,li,
question,/data/g/works,{T + 4000},{T + 6500},31.2,121.4,4.0,,yes,li,
question,/data/member[1]/name,{T + 7000},{T + 9000},31.3,121.4,4.0,,"Wang, ""A"" Li",li,
question,/data/g/age,{T + 20000},{T + 21000},,,,30,31,li,
change reason,,{T + 22000},,,,,,,li,"wrong, she said"
form finalize,,{T + 22000},,,,,,,li,
"""


def said(log: Log) -> list[str]:
    return [unread.message % unread.params for unread in log.unread]


def test_a_log_of_collect_is_read_whole() -> None:
    log = read_log(WHOLE.encode())
    assert log.unread == ()
    assert len(log.events) == 7
    assert log.seconds == {"g/age": 5.0, "g/works": 2.5, "member[1]/name": 2.0}
    assert log.section_seconds == {"g": 7.5, "member": 2.0}
    assert log.active_seconds == 9.5
    assert log.counts == {"form start": 1, "question": 4, "change reason": 1, "form finalize": 1}
    assert log.moments[0] == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    assert (log.moments[-1] - log.moments[0]).total_seconds() == 22
    assert {event.user for event in log.events} == {"li"}
    assert log.events[5].reason == "wrong, she said"
    assert log.events[3].new == 'Wang, "A" Li'


def test_edits_are_answers_that_replaced_others() -> None:
    assert [(e.path, e.old, e.new) for e in read_log(WHOLE.encode()).edits] == [
        ("/data/g/age", "30", "31")
    ]


def test_the_trail_leaves_out_standing_still() -> None:
    trail = read_log(WHOLE.encode()).trail
    assert [(p.latitude, p.longitude, p.accuracy_m) for p in trail] == [
        (31.2, 121.4, 5.5),
        (31.3, 121.4, 4.0),
    ]
    assert trail[0].at == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


def test_time_on_a_shared_screen_is_counted_once() -> None:
    rows = "".join(f"question,/data/g/q{n},{T},{T + 10_000}\n" for n in range(5))
    log = read_log(
        f"event,node,start,end\ngroup questions,/data/g,{T},{T + 10_000}\n{rows}".encode()
    )
    assert log.active_seconds == 10
    assert log.section_seconds == {"g": 10}
    assert log.seconds["g/q4"] == 10
    assert "g" not in log.seconds, "a group is no question"


def test_a_screen_of_questions_is_of_its_section_also_while_none_is_touched() -> None:
    rows = f"group questions,/data/g,{T},{T + 9000}\ngroup questions,/data,{T},{T + 1000}\n"
    log = read_log(f"event,node,start,end\n{rows}".encode())
    assert log.section_seconds == {"g": 9, "": 1}


def test_rows_out_of_order_count_the_same() -> None:
    head, *rows = WHOLE.splitlines()
    mixed = read_log("\n".join([head, *reversed(rows)]).encode())
    assert mixed.seconds == read_log(WHOLE.encode()).seconds
    assert mixed.active_seconds == 9.5
    assert mixed.moments == read_log(WHOLE.encode()).moments


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + WHOLE.encode(),
        WHOLE.replace("\n", "\r\n").encode(),
        WHOLE.replace("\n", "\n\n , ,\n").encode(),
        WHOLE.replace("event,node", " Event , NODE").encode(),
        WHOLE.rstrip().encode(),
    ],
    ids=["mark", "dos", "blank lines", "headings", "no end"],
)
def test_how_it_is_written_does_not_matter(content: bytes) -> None:
    log = read_log(content)
    assert log.seconds == {"g/age": 5.0, "g/works": 2.5, "member[1]/name": 2.0}
    assert log.unread == ()


HEAD = "event,node,start,end,latitude,longitude\n"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["Columns that are not there: event, node, start, end"]),
        ("event\nform start\n", ["Columns that are not there: node, start, end"]),
        (f"{HEAD}tap dance,,{T},\ntap dance,,{T},\n", ["Events not known here: 2 (tap dance)"]),
        (f"{HEAD},/data/a,{T},\n", ["Rows that name no event: 1"]),
        (f"{HEAD}question,/data/a,soon,NaN\n", ["Times that are none: 2 (soon, NaN)"]),
        (f"{HEAD}question,/data/a,7,{T}\n", ["Times that are none: 1 (7)"]),
        (f"{HEAD}question,/data/a,{T},{T - 1}\n", ["Events that end before they begin: 1"]),
        (f"{HEAD}question,/data/a,{T},{T},91,0\n", ["Places that are none: 1 (91 0)"]),
        (f"{HEAD}question,/data/a,{T},{T},here\n", ["Places that are none: 1 (here )"]),
        (f"{HEAD}{'x' * 200_000}\nform start,,{T},\n", ["Rows that could not be read: 1"]),
    ],
)
def test_what_cannot_be_read_is_counted_and_named(text: str, sentences: list[str]) -> None:
    assert said(read_log(text.encode())) == sentences


def test_stray_quotes_and_ragged_rows_lose_nothing_else() -> None:
    log = read_log(
        f'{HEAD}question,/data/a"b,{T},{T + 1000}\nform exit\nform save,,{T},,,,9,9\n'.encode()
    )
    assert [event.kind for event in log.events] == ["question", "form exit", "form save"]
    assert log.seconds == {'a"b': 1.0}


def test_a_huge_log_is_read_to_a_bound() -> None:
    row = f"question,/data/a,{T},{T + 1}\n"
    many = read_log((HEAD + row * (MOST_ROWS + 5)).encode())
    assert len(many.events) == MOST_ROWS
    assert said(many) == ["The log is too long: only its beginning was read."]
    assert "too long" in said(read_log(b"x" * (MOST_BYTES + 1)))[0]


def test_overlapping_spans_are_covered_once() -> None:
    assert covered([]) == 0
    assert covered([(5, 6), (0, 4), (1, 2), (3, 5)]) == 6


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted)))
def test_covered_is_the_number_of_seconds_that_any_span_has(spans: list[list[int]]) -> None:
    seconds = {second for start, end in spans for second in range(start, end)}
    assert covered((start, end) for start, end in spans) == len(seconds)


def look_at_all(log: Log) -> None:
    assert log.active_seconds >= 0
    assert all(seconds >= 0 for seconds in log.seconds.values())
    assert all(seconds <= log.active_seconds + 0.01 for seconds in log.section_seconds.values())
    assert sum(log.counts.values()) == len(log.events)
    assert list(log.moments) == sorted(log.moments)
    assert all(isinstance(position, Position) for position in log.trail)
    assert len(log.edits) <= len(log.events)
    assert all(said(log))


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(content: bytes) -> None:
    look_at_all(read_log(content))


CELLS = st.sampled_from(
    [
        *("question", "form exit", "", "/data/a", "/data/g/b", f"{T}", f"{T + 5}", f"{T}.5"),
        *("1e400", "-1", "nan", "91", "12.5", "²", "1_0", "9" * 5000),
        *('"', 'a"b', '"x,y"', "\x00", "\r", "\ud7ff"),
    ]
)
ROWS = st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=8).map("\n".join)
HEADS = st.sampled_from(
    [WHOLE.splitlines()[0], HEAD.strip(), "event", "node,event,event", "\ufeff", ""]
)


@given(HEADS, ROWS)
def test_no_rows_make_it_raise(head: str, rows: str) -> None:
    look_at_all(read_log(f"{head}\n{rows}".encode()))

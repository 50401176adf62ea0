"""audit.csv, a device's log of an interview, read as far as it can be, whatever it holds.

The columns and events are those of ODK Collect: https://docs.getodk.org/form-audit-log/.
"""

import csv
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from io import StringIO

from surveys.errors import gettext_noop

MOST_BYTES = 5_000_000
MOST_ROWS = 50_000
REQUIRED = ("event", "node", "start", "end")
MOST_EXAMPLES = 4
LONGEST_EXAMPLE = 60
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2000, 2200))
ASKED = frozenset({"question", "group questions"})  # events in which somebody looks at questions
EVENTS = ASKED | {
    "form start", "form exit", "form resume", "form save", "form finalize",
    "jump", "add repeat", "delete repeat", "end screen", "beginning of form", "repeat",
    "save error", "finalize error", "constraint error", "change reason",
    "location tracking enabled", "location tracking disabled",
    "location providers enabled", "location providers disabled",
    "location permissions granted", "location permissions not granted",
    "google play services not available", "unknown event type",
    "background audio enabled", "background audio disabled",
    "background audio recording started", "background audio recording stopped",
}  # fmt: skip

NO_COLUMN = gettext_noop("Columns that are not there: %(examples)s")
NO_EVENT = gettext_noop("Rows that name no event: %(count)s")
UNKNOWN_EVENT = gettext_noop("Events not known here: %(count)s (%(examples)s)")
NO_TIME = gettext_noop("Times that are none: %(count)s (%(examples)s)")
BACKWARDS = gettext_noop("Events that end before they begin: %(count)s")
NO_PLACE = gettext_noop("Places that are none: %(count)s (%(examples)s)")
BROKEN_ROW = gettext_noop("Rows that could not be read: %(count)s")
TOO_LONG = gettext_noop("The log is too long: only its beginning was read.")


@dataclass(frozen=True)
class Position:
    """Where the device was, in degrees, and within how many metres, where it says."""

    at: datetime | None
    latitude: float
    longitude: float
    accuracy_m: float | None


@dataclass(frozen=True)
class Event:
    """A row. `path` is as the form has it, such as `/data/member[1]/age`; blank columns are blank.

    `end` is None for what happens at a moment, and where it was not told.
    """

    kind: str
    path: str = ""
    start: datetime | None = None
    end: datetime | None = None
    position: Position | None = None
    old: str = ""
    new: str = ""
    user: str = ""
    reason: str = ""

    @property
    def span(self) -> tuple[float, float] | None:
        """When somebody looked at the question, in seconds since 1970."""
        if self.kind not in ASKED or self.start is None or self.end is None:
            return None
        return self.start.timestamp(), self.end.timestamp()


@dataclass(frozen=True)
class Unread:
    """What of a log could not be read, as a sentence with its parameters."""

    message: str
    params: Mapping[str, object]


@dataclass(frozen=True)
class Log:
    """What a device noted of an interview, in the order in which it did."""

    events: tuple[Event, ...]
    unread: tuple[Unread, ...]

    @cached_property
    def seconds(self) -> dict[str, float]:
        """How long each question was on the screen, by its place below the root.

        Of questions that share a screen, each has the whole time.
        """
        return self._seconds({"question"}, lambda event: place_of(event.path))

    @cached_property
    def section_seconds(self) -> dict[str, float]:
        """How long each section was on the screen, by the name of its group; blank for what is in
        none. Time is counted once, however many questions shared the screen.
        """
        return self._seconds(ASKED, _section)

    @cached_property
    def active_seconds(self) -> float:
        """How long there was any question on the screen."""
        return covered(event.span for event in self.events if event.span)

    @cached_property
    def moments(self) -> tuple[datetime, ...]:
        """All times that are told, sorted: a device may set its clock."""
        times = (time for event in self.events for time in (event.start, event.end) if time)
        return tuple(sorted(times))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many events there are of each kind."""
        return dict(Counter(event.kind for event in self.events))

    @cached_property
    def edits(self) -> tuple[Event, ...]:
        """Answers that replaced others. The first answer to a question replaces none."""
        return tuple(event for event in self.events if event.old and event.old != event.new)

    @cached_property
    def trail(self) -> tuple[Position, ...]:
        """Where the device was, without standing still."""
        found: list[Position] = []
        for event in self.events:
            if event.position and (not found or _is_elsewhere(event.position, found[-1])):
                found.append(event.position)
        return tuple(found)

    def _seconds(self, kinds: Collection[str], key: Callable[[Event], str]) -> dict[str, float]:
        spans: dict[str, list[tuple[float, float]]] = {}
        for event in self.events:
            if event.span and event.path and event.kind in kinds:
                spans.setdefault(key(event), []).append(event.span)
        return {name: covered(several) for name, several in spans.items()}


def read_log(content: bytes) -> Log:
    """The events of an audit.csv, and what could not be read. No bytes make it raise."""
    notes = _Notes()
    if len(content) > MOST_BYTES:
        notes.add(TOO_LONG)
    text = content[:MOST_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")
    rows = _rows(text, notes)
    names = [name.strip().lower() for name in next(rows, [])]
    for name in REQUIRED:
        if name not in names:
            notes.add(NO_COLUMN, name)
    events = tuple(_events(rows, names, notes)) if "event" in names else ()
    return Log(events, notes.unread())


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """The length of what intervals cover together, however they overlap."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return round(total, 3)


class _Notes:
    """What could not be read, counted, with a few examples of each kind."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    def add(self, message: str, example: str = "") -> None:
        self.counts[message] += 1
        examples = self.examples.setdefault(message, [])
        shown = example[:LONGEST_EXAMPLE]
        if shown and shown not in examples and len(examples) < MOST_EXAMPLES:
            examples.append(shown)

    def unread(self) -> tuple[Unread, ...]:
        return tuple(
            Unread(message, {"count": count, "examples": ", ".join(self.examples[message])})
            for message, count in self.counts.items()
        )


def _rows(text: str, notes: _Notes) -> Iterator[list[str]]:
    """The rows that are not blank; one that is no CSV is left out."""
    reader = csv.reader(StringIO(text, newline=""))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            notes.add(BROKEN_ROW)
            continue
        if any(cell.strip() for cell in row):
            yield row


def _events(rows: Iterable[list[str]], names: list[str], notes: _Notes) -> Iterator[Event]:
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            notes.add(TOO_LONG)
            return
        cells = dict(zip(names, row, strict=False))
        kind = cells.get("event", "").strip().lower()
        if not kind:
            notes.add(NO_EVENT)
            continue
        if kind not in EVENTS:
            notes.add(UNKNOWN_EVENT, kind)
        yield _event(kind, cells, notes)


def _event(kind: str, cells: Mapping[str, str], notes: _Notes) -> Event:
    start, end = (_moment(cells.get(name, ""), notes) for name in ("start", "end"))
    if start and end and end < start:
        notes.add(BACKWARDS)
        end = None
    return Event(
        kind=kind,
        path=cells.get("node", "").strip(),
        start=start,
        end=end,
        position=_position(cells, start, notes),
        old=cells.get("old-value", ""),
        new=cells.get("new-value", ""),
        user=cells.get("user", ""),
        reason=cells.get("change-reason", ""),
    )


def _moment(text: str, notes: _Notes) -> datetime | None:
    """A time in milliseconds since 1970."""
    if not text.strip():
        return None
    milliseconds = _number(text)
    if milliseconds is None or not EARLIEST <= milliseconds / 1000 < LATEST:
        notes.add(NO_TIME, text.strip())
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _position(cells: Mapping[str, str], at: datetime | None, notes: _Notes) -> Position | None:
    texts = [cells.get(name, "").strip() for name in ("latitude", "longitude", "accuracy")]
    if not any(texts[:2]):
        return None
    latitude, longitude, accuracy = map(_number, texts)
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        notes.add(NO_PLACE, " ".join(texts[:2]))
        return None
    return Position(at, latitude, longitude, accuracy)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def place_of(path: str) -> str:
    """A path without its root: `/data/member[1]/age` becomes `member[1]/age`."""
    return path.strip("/").partition("/")[2] or path


def _section(event: Event) -> str:
    """The outermost group around a question, or the one whose questions are asked, without its
    number; blank where there is none.
    """
    first, slash, _ = place_of(event.path).partition("/")
    is_inside = slash or event.kind == "group questions"
    return first.partition("[")[0] if is_inside else ""


def _is_elsewhere(position: Position, last: Position) -> bool:
    here = (position.latitude, position.longitude)
    return here != (last.latitude, last.longitude)

"""An enumerator's device: fills in the form, notes when what was asked, and says what it sends."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from numpy.random import Generator

from surveys.demo import ENUMERATORS
from surveys.formlogic.context import Environment
from surveys.formlogic.tree import Element
from surveys.rehearsal.makers import LATE_SECTIONS, Made
from surveys.rehearsal.plan import DEGREE_M, Plan, Visit, site_code
from surveys.xforms.auditfile import NAME, columns_of, row
from surveys.xforms.definition import FormDef, Group, Question
from surveys.xforms.evaluation import evaluate
from surveys.xforms.filling import moment_text
from surveys.xforms.instance import blank_instance, fill, relative, set_meta, write_instance

QUESTION_S = 17  # usually
OPENING_S = 45  # until somebody has agreed or refused


@dataclass(frozen=True)
class Parcel:
    """What a device sends of a visit: the instance's XML and the log beside it."""

    visit: Visit
    xml: bytes
    log: bytes
    device: str
    received_at: datetime


@dataclass(frozen=True)
class _Shown:
    """A question on the screen, for so long."""

    question: Question
    seconds: float


class Device:
    """Fills in one form; `environment` is that of its version."""

    def __init__(self, form: FormDef, plan: Plan, environment: Environment) -> None:
        self.form, self.plan, self.environment = form, plan, environment
        self.random = plan.random(6)
        self.paths = {one.name: one.path for one in form.questions}

    def send(self, made: Made, instance_id: str) -> Parcel:
        """Fills in an interview, from its start to its end, and notes on it how long it took."""
        visit = made.visit
        begun_at = visit.started_at + timedelta(seconds=made.begins_s)
        shown_at = begun_at + timedelta(seconds=visit.clock_s)
        root = blank_instance(self.form)
        fill(root, self._opening(made))
        sections = []
        if not visit.is_refused:
            fill(root, {self.paths[name]: text for name, text in made.answers.items()})
            sections = list(_timed(made, self._asked(root, shown_at), self.random))
        if visit.is_broken_off:
            sections = self._break_off(root, sections)
        made.lasted_s = OPENING_S + sum(one.seconds for _, some in sections for one in some)
        self._close(root, made, instance_id, shown_at)
        ended_at = begun_at + timedelta(seconds=made.lasted_s)
        return Parcel(
            visit,
            write_instance(root),
            _log(sections, shown_at),
            device_of(visit.enumerator),
            min(ended_at + timedelta(seconds=visit.travels_s), self.plan.ends_at),
        )

    def _opening(self, made: Made) -> dict[str, str]:
        visit, roles = made.visit, self.form.roles
        city, _, _ = site_code(visit.site).lower().partition("p")
        known = {
            roles["site"]: site_code(visit.site),
            roles["enumerator"]: ENUMERATORS[visit.enumerator],
            roles["city"]: city,
            roles["consent"]: "no" if visit.is_refused else "yes",
        }
        if visit.is_refused:
            return known
        return known | {
            self.paths["where"]: self._where(made),
            self.paths["phone"]: f"139{visit.person:08}",
        }

    def _where(self, made: Made) -> str:
        if made.metres is None:
            return ""
        latitude, longitude = self.plan.site_degrees[made.visit.site]
        north, east = made.metres
        latitude, longitude = latitude + north / DEGREE_M, longitude + east / DEGREE_M / 0.866
        return f"{latitude:.7f} {longitude:.7f} 0 {made.accuracy_m}"

    def _asked(self, root: Element, now: datetime) -> list[tuple[Group, list[Question]]]:
        """The questions that apply, by section; what does not is blanked."""
        skipped = set(evaluate(self.form, root, replace(self.environment, now=now)).skipped)
        fill(root, {path: "" for path in self.paths.values() if relative(path) in skipped})
        return [
            (group, [one for one in group.questions() if relative(one.path) not in skipped])
            for group in self.form.groups
        ]

    def _break_off(
        self, root: Element, sections: list[tuple[Group, list[_Shown]]]
    ) -> list[tuple[Group, list[_Shown]]]:
        """The sections before the one that came to nothing; later answers are blank."""
        end = int(self.random.integers(2, len(sections) - 1))
        late = [one.question.path for _, some in sections[end:] for one in some]
        fill(root, dict.fromkeys(late, ""))
        return sections[:end]

    def _close(self, root: Element, made: Made, instance_id: str, shown_at: datetime) -> None:
        """With what the device itself notes, by its own clock."""
        noted = {
            "timestamp start": moment_text(shown_at),
            "timestamp end": moment_text(shown_at + timedelta(seconds=made.lasted_s)),
            "property deviceid": device_of(made.visit.enumerator),
        }
        fill(root, {path: noted.get(one, "") for path, one in self.form.preloads.items()})
        set_meta(root, "instanceID", instance_id)
        set_meta(root, "audit", NAME)


def device_of(enumerator: int) -> str:
    return f"tablet-{ENUMERATORS[enumerator]}"


def _timed(
    made: Made, asked: list[tuple[Group, list[Question]]], random: Generator
) -> Iterator[tuple[Group, list[_Shown]]]:
    """How long each question was looked at."""
    for group, questions in asked:
        pace = made.late if group.name in LATE_SECTIONS else made.early
        pace *= float(random.lognormal(0, 0.25))
        seconds = QUESTION_S * pace * random.lognormal(0, 0.3, len(questions))
        yield group, [_Shown(*one) for one in zip(questions, seconds.tolist(), strict=True)]


def _log(sections: list[tuple[Group, list[_Shown]]], begun_at: datetime) -> bytes:
    """audit.csv: each section is one screen, and so is a row around those of its questions."""
    columns = columns_of({})
    at = begun_at.timestamp() + OPENING_S
    rows = [{"event": "form start", "start": _milliseconds(begun_at.timestamp())}]
    for group, shown in sections:
        lasted = sum(one.seconds for one in shown)
        if shown:
            rows.append(_row("group questions", group.path, at, at + lasted))
        for one in shown:
            rows.append(_row("question", one.question.path, at, at + one.seconds))
            at += one.seconds
    rows.append({"event": "form finalize", "start": _milliseconds(at)})
    head = dict(zip(columns, columns, strict=True))
    return "".join(row(columns, cells) for cells in (head, *rows)).encode()


def _row(event: str, path: str, start: float, end: float) -> dict[str, str]:
    return {
        "event": event,
        "node": path,
        "start": _milliseconds(start),
        "end": _milliseconds(end),
    }


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1_000))

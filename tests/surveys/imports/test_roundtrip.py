"""What our exports take out, our import brings back: random forms, random answers, every format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from surveys import submissions
from surveys.exports.catalogue import EXPORTS, Order
from surveys.exports.csv import FORMULA_STARTS
from surveys.models import Interview, QuestionnaireVersion
from surveys.questionnaires import form_of
from surveys.variables.listing import Several
from surveys.variables.missing import Missing
from surveys.xforms.instance import read_instance
from tests.factories import NOBODY, make_site, make_survey, make_version
from tests.surveys.imports.filed import imported_file, states

pytestmark = pytest.mark.django_db

CHOICES = ("saw", "axe", "rf", "dk", "锯", "3")
ALPHABET = "=+-@'＝＠\t\n\",;a1李 _x000D_.é"
TEXTS = st.text(ALPHABET, min_size=1, max_size=12).filter(lambda text: text.strip() == text != "")
REASONS = [str(reason.number) for reason in Missing]  # in SPSS
NUMBERS = st.integers(-(10**9), 10**9).map(str)
DECIMALS = st.decimals(-1000, 1000, places=3).map(str)
DAYS = st.dates(datetime(1901, 1, 1).date(), datetime(2099, 1, 1).date())  # noqa: DTZ001
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001
ANSWERS: Mapping[str, st.SearchStrategy[str]] = {
    "text": TEXTS,
    "integer": NUMBERS,
    "decimal": DECIMALS,
    "date": DAYS.map(str),
    "datetime": MOMENTS.map(
        lambda moment: timezone.make_aware(moment.replace(microsecond=0)).isoformat(
            timespec="milliseconds"
        )
    ),
    "select_one tool": st.sampled_from(CHOICES),
    "select_multiple tool": st.lists(st.sampled_from(("saw", "axe", "锯", "3")), unique=True).map(
        " ".join
    ),
    "geopoint": st.tuples(st.integers(-89, 89), st.integers(-179, 179)).map(
        lambda at: f"{at[0]}.25 {at[1]}.5 0 0"
    ),
}
KINDS = st.sampled_from(sorted(ANSWERS))
NAMES = st.sampled_from(["age", "if", "a.b", "年龄", "名-字", "city", "state", "Age2", "q" * 40])


@dataclass(frozen=True)
class Case:
    """A form as kinds by name, once an interview and in a repeat, and what people answered."""

    asked: Mapping[str, str]
    repeated: Mapping[str, str]
    people: list[tuple[dict[str, str], list[dict[str, str]]]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    asked = draw(st.dictionaries(NAMES, KINDS, min_size=1, max_size=5))
    repeated = draw(st.dictionaries(NAMES.map(lambda name: f"{name}_r"), KINDS, max_size=3))
    people = draw(
        st.lists(st.tuples(_of(asked), st.lists(_of(repeated), max_size=3)), max_size=3, min_size=1)
    )
    return Case(asked, repeated, people if repeated else [(own, []) for own, _ in people])


def _of(kinds: Mapping[str, str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={name: ANSWERS[kind] for name, kind in kinds.items()})


def form_of_case(case: Case) -> str:
    lines = ["| survey |", "| | type | name | label |", "| | text | psu_id | Site |"]
    lines += ["| | begin_group | g | Group |"]
    lines += [f"| | {kind} | {name} | Ask {name} |" for name, kind in case.asked.items()]
    lines += ["| | end_group | | |"]
    if case.repeated:
        lines += ["| | begin_repeat | member | Member |"]
        lines += [f"| | {kind} | {name} | Ask {name} |" for name, kind in case.repeated.items()]
        lines += ["| | end_repeat | | |"]
    lines += ["| choices |", "| | list_name | name | label |"]
    lines += [f"| | tool | {name} | The {name} |" for name in CHOICES]
    return "\n".join([*lines, "| settings |", "| | form_id | version |", "| | house | 1 |"])


def send(version: QuestionnaireVersion, number: int, case: Case) -> None:
    own, instances = case.people[number]
    asked = "".join(_element(name, own.get(name, "")) for name in case.asked)
    members = "".join(
        f"<member>{''.join(_element(name, one.get(name, '')) for name in case.repeated)}</member>"
        for one in instances
    )
    meta = f"<meta><instanceID>uuid:{number}</instanceID></meta>"
    xml = f'<data id="house" version="1"><psu_id>S1</psu_id><g>{asked}</g>{members}{meta}</data>'
    submissions.receive(read_instance(xml.encode()), version.questionnaire.survey, NOBODY)


def _element(name: str, text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\t", "&#9;")
    escaped = escaped.replace("\r", "&#13;")
    return f"<{name}>{escaped}</{name}>"


def stored(version: QuestionnaireVersion) -> dict[str, dict[str, object]]:
    """What everybody answered, as values that all formats can hold."""
    rows = Interview.objects.filter(questionnaire=version.questionnaire)
    return {
        one.root_uuid: {place: value(version, place, text) for place, text in one.answers.items()}
        for one in rows
    }


def value(version: QuestionnaireVersion, place: str, text: str) -> object:
    question = form_of(version).question_at(place)
    kind = question.kind if question else "text"
    if kind in ("decimal", "integer"):
        return float(text)
    if kind == "geopoint":
        return [float(number) for number in text.split()]
    if kind == "datetime":
        return datetime.fromisoformat(text)
    return set(text.split()) if kind == "select_multiple" else text


def there_and_back(case: Case, format_: str, several: Several = Several.BOTH) -> None:
    with transaction.atomic(), TemporaryDirectory() as folder:
        here, there = make_survey("here"), make_survey("there")
        make_site(here, "S1")
        make_site(there, "S1")
        source = make_version(here, form_of_case(case))
        target = make_version(there, form_of_case(case))
        for number in range(len(case.people)):
            send(source, number, case)
        asked = Order(source.questionnaire, several=several)
        export = EXPORTS[f"submissions_{format_}"]
        path = Path(folder) / export.file_name(asked, 1)
        export.write(asked, path, lambda: None)
        batch = imported_file(target, path)
        assert states(batch) == ["imported"] * len(case.people), list(
            batch.rows.values_list("faults", "cells", "linked")
        )
        assert stored(target) == stored(source)
        transaction.set_rollback(True)


@pytest.mark.parametrize("format_", ["csv", "xlsx", "dta", "sav", "parquet"])
@given(case=cases())
@settings(max_examples=4, deadline=None, suppress_health_check=[*HealthCheck])
def test_every_format_comes_back(format_: str, case: Case) -> None:
    assume(format_ != "sav" or not has_reason(case))
    there_and_back(case, format_)


@pytest.mark.parametrize("format_", ["csv", "xlsx", "dta", "parquet"])
def test_what_is_a_reason_in_spss_is_a_number_elsewhere(format_: str) -> None:
    people = [({"age": number}, [{"age_r": number}]) for number in REASONS]
    there_and_back(Case({"age": "integer"}, {"age_r": "integer"}, people), format_)


@pytest.mark.parametrize("format_", ["csv", "xlsx", "dta", "sav", "parquet"])
def test_what_a_spreadsheet_would_run_comes_back_as_it_was(format_: str) -> None:
    starts = (*FORMULA_STARTS, "'", "'=", "''+", " =", "\n=", "﹦")
    texts = [f"{start}{rest}" for start in starts for rest in ("1+1", "cmd|' /C calc'!A0")]
    people = [({"said": text}, [{"said_r": text}]) for text in texts]
    there_and_back(Case({"said": "text"}, {"said_r": "text"}, people), format_)


def has_reason(case: Case) -> bool:
    """Whether somebody's number is one by which SPSS is told why there is none."""
    said = (one for own, instances in case.people for one in (own, *instances))
    return any(text in REASONS for answers in said for text in answers.values())


@given(case=cases(), several=st.sampled_from(list(Several)))
@settings(max_examples=3, deadline=None, suppress_health_check=[*HealthCheck])
def test_several_answers_come_back_however_they_went(case: Case, several: Several) -> None:
    assume(not has_reason(case))
    there_and_back(case, "sav", several)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_labels_come_back_as_names(format_: str) -> None:
    form = Case({"one": "select_one tool", "many": "select_multiple tool"}, {}, [])
    with transaction.atomic(), TemporaryDirectory() as folder:
        here, there = make_survey("here"), make_survey("there")
        labelled = form_of_case(form).replace(
            "| list_name | name | label |", "| list_name | name | label::en (en) |"
        )
        versions = []
        for survey in (here, there):
            make_site(survey, "S1")
            versions.append(make_version(survey, labelled))
        case = Case(form.asked, {}, [({"one": "锯", "many": "axe 3"}, []), ({"one": "dk"}, [])])
        for number in range(2):
            send(versions[0], number, case)
        order = Order(versions[0].questionnaire, language="en")
        export = EXPORTS[f"submissions_{format_}"]
        path = Path(folder) / export.file_name(order, 1)
        export.write(order, path, lambda: None)
        imported_file(versions[1], path)
        assert stored(versions[1]) == stored(versions[0])
        transaction.set_rollback(True)

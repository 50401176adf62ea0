"""What leaves for whom: no direct identifiers, own pseudonyms, coarse answers, in every format."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pyreadstat
import pytest
from openpyxl import load_workbook
from pytest_django import Settings

from surveys import audiences, jobs, ledger
from surveys.disclosure.coarseness import Dates, Place
from surveys.exports import catalogue, rows
from surveys.exports.catalogue import EXPORTS, AudienceGone, Order
from surveys.exports.interviews import has_files, layouts_for
from surveys.exports.tables import tables_for
from surveys.models import Audience, Interview, Job, Membership, QuestionnaireVersion, Role, User
from surveys.variables.variable import Kind
from tests.factories import make_member, make_survey, make_version
from tests.surveys.exports.analysed import FORM, FULL, TAGS, exported, make_house, send, tagged

SECRETS = ("李", "王", "Ann", "Bo,", "uuid:1", "uuid:2", "uuid:3", "31.2", "121.4")


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> QuestionnaireVersion:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_house(make_survey("ours"), tagged())


@pytest.fixture
def audience(version: QuestionnaireVersion) -> Audience:
    return Audience.objects.create(survey=version.questionnaire.survey, name="Ministry")


def analyst_of(version: QuestionnaireVersion, *, sees: bool = False) -> User:
    person = make_member(version.questionnaire.survey, Role.ANALYST)
    Membership.objects.filter(user=person).update(sees_identifiers=sees)
    return person


def contents(files: dict[str, Path]) -> str:
    """All that is in some files, with whatever numbers and texts a format hides in bytes."""
    said = []
    for path in files.values():
        if path.suffix == ".parquet":
            said.append(str(pl.read_parquet(path).to_dicts()))
        elif path.suffix in (".sav", ".dta"):
            read = {".sav": pyreadstat.read_sav, ".dta": pyreadstat.read_dta}[path.suffix]
            said.append(str(read(path, output_format="dict")[0]))
        elif path.suffix == ".xlsx":
            sheets = load_workbook(path).worksheets
            said += [str(list(sheet.values)) for sheet in sheets]
        else:
            said.append(path.read_text("utf-8"))
    return "\n".join(said)


INTERVIEWS = sorted(kind for kind in EXPORTS if kind.startswith("submissions_"))


@pytest.mark.parametrize("kind", INTERVIEWS)
def test_no_name_leaves_in_any_format(
    version: QuestionnaireVersion, tmp_path: Path, kind: str
) -> None:
    format_ = kind.removeprefix("submissions_")
    if format_ == "geojson":  # the only place is a direct identifier
        make_free_places(version)
    order = Order(version.questionnaire, analyst_of(version))
    said = contents(exported(order, format_, tmp_path))
    assert [secret for secret in SECRETS if secret in said] == []
    whole = Order(version.questionnaire, analyst_of(version, sees=True))
    said = contents(exported(whole, format_, tmp_path))
    assert "李" in said
    assert "uuid:1" in said


def test_no_name_leaves_in_the_package(version: QuestionnaireVersion, tmp_path: Path) -> None:
    """Data, codebook, DDI and manifest; whoever may see names finds them."""
    said = {
        sees: contents(
            packed(Order(version.questionnaire, analyst_of(version, sees=sees)), tmp_path)
        )
        for sees in (False, True)
    }
    assert [secret for secret in SECRETS if secret in said[False]] == []
    assert "李" in said[True]


def packed(order: Order, folder: Path) -> dict[str, Path]:
    """The files of the order's package."""
    path = folder / "package.zip"
    EXPORTS["package_zip"].write(order, path, lambda: None)
    into = folder / f"package-{len(list(folder.iterdir()))}"
    with ZipFile(path) as archive:
        archive.extractall(into)
    return {str(file.relative_to(into)): file for file in into.rglob("*") if file.is_file()}


def make_free_places(version: QuestionnaireVersion) -> None:
    """A newer version in which places are no direct identifiers any more, and are rounded away."""
    later = tagged(tags={**TAGS, "home": "indirect"}).replace("| 1       |", "| 2       |")
    make_version_of(version, later)
    audience = audiences.default_of(version.questionnaire.survey)
    audience.decimals = 0
    audience.save()


def make_version_of(version: QuestionnaireVersion, form: str) -> None:
    make_version(version.questionnaire.survey, form)


def test_every_export_of_answers_is_looked_at() -> None:
    """A format that is new must be in the test above; what is left has no answers but corrections."""
    others = {export.what for kind, export in EXPORTS.items() if kind not in INTERVIEWS}
    assert others <= {"corrections", "estimates", "scripts", "package"}


def csv_of(order: Order, folder: Path) -> dict[str, list[dict[str, str]]]:
    files = exported(order, "csv", folder)
    return {
        name.removesuffix(".csv"): list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
        for name, path in files.items()
    }


def test_two_audiences_cannot_be_joined_and_one_can(
    version: QuestionnaireVersion, audience: Audience, tmp_path: Path
) -> None:
    other = Audience.objects.create(survey=audience.survey, name="Press")
    order = Order(version.questionnaire, audience=audience)
    first, again, others = (
        csv_of(replace(order, audience=one), tmp_path) for one in (audience, audience, other)
    )
    keys, theirs = ([row["person_key"] for row in file["interviews"]] for file in (first, others))
    assert first == again
    assert len(set(keys)) == 3
    assert set(keys).isdisjoint(theirs)
    members = first["interviews-member"]
    assert {row["parent_key"] for row in members} == {row["person_key"] for row in members}
    assert {row["person_key"] for row in members} < set(keys)
    assert [row["key"] for row in members] == [
        f"{row['person_key']}/member[{row['place']}]" for row in members
    ]


def test_the_order_of_rows_tells_nothing(
    version: QuestionnaireVersion,
    audience: Audience,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 2)
    keys = [
        row["person_key"]
        for row in csv_of(Order(version.questionnaire, audience=audience), tmp_path)["interviews"]
    ]
    assert keys == sorted(keys)


def test_what_is_hidden_takes_no_rows_with_it(
    version: QuestionnaireVersion, audience: Audience, tmp_path: Path
) -> None:
    """Of Bo nothing but the name applies: his row stays, without it."""
    whole, given = (
        csv_of(Order(version.questionnaire, audience=one), tmp_path)["interviews-member"]
        for one in (None, audience)
    )
    assert sorted(row["age"] for row in whole) == sorted(row["age"] for row in given) == ["", "60"]
    assert "who" not in given[0]


def test_answers_become_as_coarse_as_the_terms_say(
    version: QuestionnaireVersion, audience: Audience, tmp_path: Path
) -> None:
    audience.dates, audience.place, audience.widths = Dates.MONTH, Place.CITY, {"age": 20}
    audience.save()
    order = Order(version.questionnaire, audience=audience)
    found = csv_of(order, tmp_path)["interviews"]
    assert {row["age"] for row in found} == {"20", ""}  # 30, `old` and nothing
    assert {row["born"] for row in found} == {"1996-02-01", ""}
    assert {row["seen"] for row in found} == {"2026-11-01", ""}
    assert all(row["received"].endswith("-01") for row in found)
    assert "site" not in found[0]
    assert "home" not in found[0]  # a direct identifier, however coarse


def test_types_and_labels_say_what_is_left(
    version: QuestionnaireVersion, audience: Audience
) -> None:
    audience.dates, audience.widths = Dates.MONTH, {"age": 20}
    audience.save()
    order = Order(version.questionnaire, audience=audience)
    found = {variable.name: variable for variable in tables_for(order)[0].variables}
    assert found["seen"].kind is Kind.DATE
    assert found["received"].kind is Kind.DATE
    assert found["seen"].labels["en"] == "Seen [first day of the month]"
    assert found["age"].labels["en"] == "Age [lowest of a band of 20]"
    assert found["age"].kind is Kind.INTEGER


def test_statistical_packages_get_the_same_values(
    version: QuestionnaireVersion, audience: Audience, tmp_path: Path
) -> None:
    audience.dates, audience.widths = Dates.MONTH, {"age": 20}
    audience.save()
    order = Order(version.questionnaire, audience=audience)
    frame = pl.read_parquet(exported(order, "parquet", tmp_path)["interviews.parquet"])
    plain = csv_of(order, tmp_path)["interviews"]
    assert frame["person_key"].to_list() == [row["person_key"] for row in plain]
    assert [str(age or "") for age in frame["age"].to_list()] == [row["age"] for row in plain]
    assert [str(day or "") for day in frame["seen"].to_list()] == [row["seen"] for row in plain]


def test_the_package_calls_people_what_other_files_call_them(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    """Also where an answer is an id: a pseudonym of a pseudonym would be nobody's."""
    asked = "|        | text                   | second_visit_of | First             | 首次 | |"
    form = FORM.replace("| choices |", f"{asked}\n| choices |", 1)
    again = make_house(make_survey("again"), tagged(form))
    send(again, 4, f"{FULL}<second_visit_of>uuid:1</second_visit_of>")
    order = Order(again.questionnaire, analyst_of(again))
    alone = exported(order, "csv", tmp_path)["interviews.csv"]
    assert packed(order, tmp_path)["interviews.csv"].read_bytes() == alone.read_bytes()
    rows = list(csv.DictReader(alone.read_text("utf-8-sig").splitlines()))
    assert {row["second_visit_of"] for row in rows} - {""} < {row["person_key"] for row in rows}


@pytest.mark.parametrize(
    ("dates", "told"),
    [(Dates.MONTH, "2026-11-01"), (Dates.NONE, None), (Dates.EXACT, "2026-11-27T02:15:30+00:00")],
)
def test_the_package_tells_moments_no_better_than_its_rows(
    version: QuestionnaireVersion,
    audience: Audience,
    tmp_path: Path,
    dates: Dates,
    told: str | None,
) -> None:
    Interview.objects.update(received_at=datetime(2026, 11, 27, 2, 15, 30, tzinfo=UTC))
    audience.dates = dates
    audience.save()
    files = packed(Order(version.questionnaire, audience=audience), tmp_path)
    data = json.loads(files["manifest.json"].read_text("utf-8"))["data"]
    assert (data["first_received"], data["last_received"]) == (told, told)
    assert ("2026-11-27" in contents(files)) is (dates is Dates.EXACT)


@pytest.mark.parametrize(
    ("role", "sees", "gets", "chooses"),
    [
        (Role.COORDINATOR, False, "", "Ministry"),
        (Role.SUPERVISOR, False, "", ""),
        (Role.ANALYST, True, "", ""),
        (Role.ANALYST, False, "Analysts", "Analysts"),
    ],
)
def test_only_coordinators_choose_an_audience(
    version: QuestionnaireVersion,
    audience: Audience,
    role: Role,
    sees: bool,
    gets: str,
    chooses: str,
) -> None:
    survey = version.questionnaire.survey
    person = make_member(survey, role)
    Membership.objects.filter(user=person).update(sees_identifiers=sees)
    found = audiences.audience_for(person, survey, None)
    assert (found.name if found else "") == gets
    found = audiences.audience_for(person, survey, audience)
    assert (found.name if found else "") == chooses


def test_the_right_is_of_one_survey(version: QuestionnaireVersion) -> None:
    person = analyst_of(version, sees=True)
    other = make_survey("theirs")
    Membership.objects.create(user=person, survey=other, role=Role.ANALYST)
    found = audiences.audience_for(person, other, None)
    assert found == audiences.default_of(other)


def test_a_right_that_is_taken_away_takes_the_file_along(version: QuestionnaireVersion) -> None:
    person = analyst_of(version, sees=True)
    job = catalogue.request(EXPORTS["submissions_csv"], Order(version.questionnaire, person))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert catalogue.may_have(job)
    Membership.objects.filter(user=person).update(sees_identifiers=False)
    assert not catalogue.may_have(Job.objects.get(pk=job.pk))
    waiting = catalogue.request(EXPORTS["submissions_csv"], Order(version.questionnaire, person))
    assert catalogue.may_have(waiting)


def test_who_may_not_choose_any_more_gets_what_analysts_get(
    version: QuestionnaireVersion, audience: Audience
) -> None:
    person = make_member(version.questionnaire.survey, Role.COORDINATOR)
    export, order = EXPORTS["submissions_csv"], Order(version.questionnaire, person)
    chosen = catalogue.request(export, replace(order, audience=audience))
    assert catalogue.may_have(chosen)
    Membership.objects.filter(user=person).update(role=Role.ANALYST)
    assert not catalogue.may_have(Job.objects.get(pk=chosen.pk))
    assert catalogue.may_have(catalogue.request(export, order))


def test_a_job_without_its_audience_is_not_done_under_other_terms(
    version: QuestionnaireVersion, audience: Audience
) -> None:
    person = make_member(version.questionnaire.survey, Role.COORDINATOR)
    order = Order(version.questionnaire, person, audience=audience)
    job = catalogue.request(EXPORTS["submissions_csv"], order)
    assert catalogue.order_of(job) == order
    audience.delete()
    with pytest.raises(AudienceGone):
        catalogue.order_of(job)


def test_corrections_leave_under_the_same_terms(
    version: QuestionnaireVersion, audience: Audience, tmp_path: Path
) -> None:
    interview = Interview.objects.get(root_uuid="uuid:1")
    person = make_member(version.questionnaire.survey, Role.COORDINATOR)
    changed = {"姓名": "赵", "age": "31", "member[1]/who": "Eve"}
    ledger.correct(interview.pk, changed, by=person, reason="赵", seen=interview.current_id)
    audience.widths = {"age": 20}
    audience.save()
    export, order = EXPORTS["corrections_csv"], Order(version.questionnaire, audience=audience)
    path = tmp_path / "corrections.csv"
    export.write(order, path, lambda: None)
    (row,) = csv.DictReader(path.read_text("utf-8-sig").splitlines())
    terms = audiences.terms_of(audience)
    assert (row["person_key"], row["question"]) == (terms.pseudonym("uuid:1"), "age")
    assert (row["before"], row["after"]) == ("20", "20")
    assert len(row["made"]) == len("2026-11-27")
    assert export.count(order) == 1


def test_the_newest_version_decides_what_names_somebody(version: QuestionnaireVersion) -> None:
    order = Order(version.questionnaire, analyst_of(version))
    assert "姓名" not in layouts_for(order)[""].header
    make_version_of(version, tagged(tags={}).replace("| 1       |", "| bare |"))
    assert "姓名" in layouts_for(replace(order))[""].header  # an order reads forms once


def test_files_are_no_audiences(version: QuestionnaireVersion, audience: Audience) -> None:
    form = tagged(
        FORM.replace("| text                   | 姓名 ", "| image                  | 姓名 ")
    )
    make_version_of(version, form.replace("| 1       |", "| files |"))
    order = Order(version.questionnaire)
    assert has_files(order)
    assert not has_files(replace(order, audience=audience))

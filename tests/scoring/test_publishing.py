"""A workbook with a scheme is checked with it, and brings it when it is published."""

import json
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from scoring import pipeline, publishing, schemes, scores
from scoring.maths.rules import NOT_APPLICABLE
from scoring.models import Scheme
from scoring.publishing import BadJudgement
from scoring.schemes import SchemeChanged
from scoring.workbooks.reading import read_judgement
from surveys import questionnaires, uploads
from surveys.models import QuestionnaireVersion, Role, Survey, Upload
from surveys.uploads import Standing
from tests.factories import make_member, make_site, make_survey, make_version, receive
from tests.scoring.maths import golden
from tests.scoring.workbooks.books import book, example

pytestmark = pytest.mark.django_db

OTHER_SCORE = {"choices!E5": "9"}
RENAMED = {"weights!B1": "equal-v2", "weights!C1": "work-first-v2"}


def keep(survey: Survey, workbook: bytes) -> Upload:
    return uploads.keep(survey, "form.xlsx", workbook, {}, by=None)


def published(survey: Survey, workbook: bytes) -> None:
    uploads.publish(keep(survey, workbook), over=_current(survey), by=None)


def _current(survey: Survey) -> int | None:
    questionnaire = survey.questionnaires.first()
    return questionnaire.current_id if questionnaire else None


def said(upload: Upload) -> list[str]:
    """What is found, but for the example's asking for no site."""
    found = uploads.assess(upload).findings
    return [f"{f.severity} {f.place} {f}" for f in found if f.code != "no-site"]


def test_publishing_adds_a_scheme_a_weighting_and_the_first_is_the_default() -> None:
    survey = make_survey()
    upload = keep(survey, book())
    assert said(upload) == [
        "note weights!B1 With the form, the scheme `equal-v1` is added.",
        "note weights!C1 With the form, the scheme `work-first-v1` is added.",
    ]
    uploads.publish(upload, over=None, by=None)
    assert list(survey.schemes.values_list("name", "is_default")) == [
        ("equal-v1", True),
        ("work-first-v1", False),
    ]
    assert said(upload) == []


def test_the_same_workbook_again_changes_nothing() -> None:
    survey = make_survey()
    published(survey, book())
    before = list(survey.schemes.values())
    assessment = uploads.assess(keep(survey, book()))
    assert assessment.standing is Standing.CURRENT
    assert not assessment.is_publishable
    questionnaires.publish(book(), survey)
    assert list(survey.schemes.values()) == before


def test_another_weighting_comes_with_the_same_form() -> None:
    survey = make_survey()
    published(survey, book())
    rows = [[*row] for row in example()["weights"]]
    more = book(
        weights=[[*row, extra] for row, extra in zip(rows, ("housing-first", 20, 80), strict=True)]
    )
    assessment = uploads.assess(keep(survey, more))
    assert assessment.standing is Standing.CURRENT
    assert assessment.is_publishable
    assert assessment.replaced is None
    published(survey, more)
    assert sorted(survey.schemes.values_list("name", flat=True)) == [
        *("equal-v1", "housing-first", "work-first-v1"),
    ]
    assert survey.schemes.get(is_default=True).name == "equal-v1"


def test_a_scheme_that_is_there_never_changes() -> None:
    survey = make_survey()
    published(survey, book())
    upload = keep(survey, book(OTHER_SCORE))
    assert not uploads.assess(upload).is_publishable
    assert said(upload)[0] == (
        "error weights!B1 The survey has a scheme `equal-v1` that judges otherwise, and schemes never "
        "change. Rename the weighting in the sheet `weights`, such as `equal-v2`."
    )
    with pytest.raises(SchemeChanged):
        questionnaires.publish(book(OTHER_SCORE), survey)
    published(survey, book(OTHER_SCORE | RENAMED))
    assert survey.schemes.count() == 4


def test_faults_of_a_scheme_keep_the_form_from_being_published_but_not_from_being_seen() -> None:
    survey = make_survey()
    upload = keep(survey, book({"indicators!D3": "13"}))
    assessment = uploads.assess(upload)
    assert assessment.form is not None
    assert not assessment.is_publishable
    assert [f.place for f in assessment.errors] == ["indicators!D3"]
    with pytest.raises(BadJudgement, match="indicators!D3"):
        questionnaires.publish(book({"indicators!D3": "13"}), survey)
    assert not survey.questionnaires.exists()


def test_faults_of_form_and_scheme_come_together_by_sheet() -> None:
    upload = keep(make_survey(), book({"survey!A3": "intger", "choices!E4": "13"}))
    assert [(f.severity, f.place) for f in uploads.findings_of(upload)] == [
        ("error", "survey!A3"),
        ("error", "choices!E4"),
    ]


def test_another_questionnaire_must_not_ask_the_same() -> None:
    survey = make_survey()
    published(survey, book({"settings!B2": "other"}, indicators=None))
    found = said(keep(survey, book()))
    assert any(
        line.startswith("error indicators The questionnaire `other` of this survey")
        for line in found
    )


def test_interviews_are_judged_by_what_the_workbook_says() -> None:
    survey = make_survey()
    site = make_site(survey)
    rows: list[list[object]] = [[*row] for row in example()["survey"]]
    published(survey, book(survey=[*rows, ["text", "psu_id", "Site", "地点"]]))
    version = QuestionnaireVersion.objects.get()
    said = {"contract": "fixed", "hours": "50", "area": "20", "people": "2", "moves": "2"}
    receive(version, psu_id=site.code, home="dorm", facilities="water kitchen", **said)
    receive(
        version, psu_id=site.code, home="site", facilities="none", **said | {"contract": "self"}
    )
    scheme = survey.schemes.get(is_default=True)
    assert list(pipeline.steps(scheme))
    found = [list(one.items) for site in scheme.sites.all() for one in scores.stored(site)]
    assert found == [[6, 6, 6, 6, 8, 6], [NOT_APPLICABLE, 6, 0, 6, 0, NOT_APPLICABLE]]


def test_the_form_without_a_scheme_brings_none() -> None:
    survey = make_survey()
    make_version(survey)
    assert not Scheme.objects.exists()


def test_the_names_that_are_free_count_on() -> None:
    survey = make_survey()
    published(survey, book({"weights!B1": "equal", "weights!C1": "equal-v2"}))
    changed = book(OTHER_SCORE | {"weights!B1": "equal", "weights!C1": "equal-v2"})
    assert [line.rsplit("`")[-2] for line in said(keep(survey, changed))] == [
        "equal-v3",
        "equal-v3",
    ]


def test_the_page_says_what_comes_with_the_form(client: Client) -> None:
    survey = make_survey()
    client.force_login(make_member(survey, Role.COORDINATOR))
    upload = keep(survey, book())
    url = reverse("admin:surveys_upload", args=(upload.pk,))
    page = client.get(url).content.decode()
    assert "With the form, the scheme <code>equal-v1</code> is added." in page
    client.post(url, {"over": ""})
    assert survey.schemes.count() == 2
    rows = [[*row] for row in example()["weights"]]
    more = book(weights=[[*row, extra] for row, extra in zip(rows, ("third", 30, 70), strict=True)])
    again = reverse("admin:surveys_upload", args=(keep(survey, more).pk,))
    page = client.get(again).content.decode()
    assert "There is nothing to publish" not in page
    assert "the workbook brings more than the form" in page


def call(name: str, *args: object, **options: object) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


def test_commands_publish_and_lint_know_of_schemes(tmp_path: Path) -> None:
    survey = make_survey("ours")
    path = tmp_path / "form.xlsx"
    path.write_bytes(book({"weights!B2": "40"}))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("lint", path, json=True, stdout=out)
    report = json.loads(out.getvalue())
    assert (report["publishable"], report["findings"][0]["place"]) == (False, "weights!B1")
    with pytest.raises(CommandError, match="add up to 90"):
        call("publish", path, survey="ours")
    path.write_bytes(book())
    assert "With the form, the scheme `equal-v1` is added." in call("publish", path, survey="ours")
    path.write_bytes(book(OTHER_SCORE))
    with pytest.raises(CommandError, match="Rename the weighting"):
        call("publish", path, survey="ours")
    assert survey.schemes.count() == 2


def test_a_scheme_is_written_into_its_questionnaires_workbook(tmp_path: Path) -> None:
    survey = make_survey("ours")
    published(survey, book())
    path = tmp_path / "scheme.xlsx"
    call("scheme", survey="ours", to=path)
    content = path.read_bytes()
    assert read_judgement(content).document == read_judgement(book()).document
    assert not uploads.assess(keep(survey, content)).is_publishable  # all of it is there already


def test_a_scheme_document_becomes_a_workbook_that_can_be_published_elsewhere(
    tmp_path: Path,
) -> None:
    ours, theirs = make_survey("ours"), make_survey("theirs")
    path = tmp_path / "five.json"
    path.write_text(json.dumps(golden.document()), "utf-8")
    questionnaires.publish(Path("surveys/instruments/five_standards.xlsx").read_bytes(), ours)
    call("scheme", path, survey="ours")  # which its workbook brought already
    workbook = publishing.workbook_of(schemes.find(ours))
    questionnaires.publish(workbook, theirs)
    assert theirs.schemes.get(is_default=True).sha256 == ours.schemes.get(is_default=True).sha256


@pytest.mark.parametrize("options", [{}, {"file": Path("a.json"), "to": Path("b.xlsx")}])
def test_the_scheme_command_does_one_thing(options: dict[str, Path]) -> None:
    make_survey("ours")
    args = [options["file"]] if "file" in options else []
    with pytest.raises(CommandError, match="Name a FILE"):
        call("scheme", *args, survey="ours", to=options.get("to"))


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    published(make_survey("ours"), book())
    with pytest.raises(CommandError, match="cannot be written"):
        call("scheme", survey="ours", to=tmp_path / "no" / "scheme.xlsx")


def test_a_name_that_is_judged_is_remarked_upon() -> None:
    content = book()
    questions = read_judgement(content).questions
    opened = load_workbook(BytesIO(content))
    sheet = opened["survey"]
    heading = [cell.value for cell in sheet[1]]
    column = len(heading) + 1
    sheet.cell(1, column, "identifier")
    names = [row[heading.index("name")].value for row in sheet.iter_rows(min_row=2)]
    for number, name in enumerate(names, start=2):
        sheet.cell(number, column, "direct" if name in questions else "indirect" if name else None)
    tagged = BytesIO()
    opened.save(tagged)
    found = [f for f in publishing.check(tagged.getvalue()) if f.code == "identifier"]
    assert {finding.name for finding in found} == questions & set(names)
    assert {finding.column for finding in found} == {"identifier"}
    assert [f for f in publishing.check(content) if f.code == "identifier"] == []

"""Publishing: a workbook becomes a version, or nothing at all with the reasons."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from surveys import formfiles, questionnaires
from surveys.models import FormFile, Questionnaire, QuestionnaireVersion, Survey
from surveys.questionnaires import VersionTaken
from surveys.xforms.xform import UnsupportedForm
from surveys.xforms.xlsform import FormError
from tests.factories import (
    SMALL_FORM,
    make_survey,
    make_version,
    rich_files,
    rich_form,
    workbook,
)

pytestmark = pytest.mark.django_db

SHOPS = """
| survey |
|  | type                          | name | label |
|  | select_one_from_file shops.csv | shop | Shop |
| settings |
|  | form_id | version |
|  | shops   | 1       |
"""
LIST = b"name,label\ns1,Corner"


def publish(
    files: dict[str, bytes], table: str = SHOPS, survey: Survey | None = None
) -> QuestionnaireVersion:
    return questionnaires.publish(workbook(table), survey or make_survey(), files=files)


@pytest.fixture(autouse=True)
def stored(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_published_version_is_current() -> None:
    version = make_version(make_survey())
    assert version.questionnaire.current == version
    assert version.questionnaire.title == "Small"
    assert questionnaires.form_of(version).form_id == "small"


def test_publishing_the_same_form_again_changes_nothing() -> None:
    survey = make_survey()
    assert make_version(survey) == make_version(survey)
    assert QuestionnaireVersion.objects.count() == 1


def test_a_version_is_never_replaced() -> None:
    survey = make_survey()
    make_version(survey)
    with pytest.raises(VersionTaken):
        make_version(survey, SMALL_FORM.replace("1. Age", "1. Your age"))
    assert "1. Age" in bytes(QuestionnaireVersion.objects.get().xml).decode()


def test_a_new_version_follows_the_old_one() -> None:
    survey = make_survey()
    first = make_version(survey)
    second = make_version(survey, SMALL_FORM.replace("| 1              |", "| 2              |"))
    assert first.questionnaire == second.questionnaire
    assert Questionnaire.objects.get().current == second


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (". <= 126", "foo(.)", "foo"),
        (". <= 126", ". > and 3", "not expected"),
        ("decimal ", "osm", "geotrace"),
        ("${works} = 'yes'", "${hours} = 3", "circle"),
    ],
)
def test_what_we_cannot_run_is_refused_by_name(before: str, after: str, words: str) -> None:
    with pytest.raises(UnsupportedForm, match=words):
        make_version(make_survey(), SMALL_FORM.replace(before, after))
    assert not Questionnaire.objects.exists()


def test_all_faults_are_told_at_once() -> None:
    table = SMALL_FORM.replace(". <= 126", "foo(.)").replace(". >= 16 and", "bar(.) and")
    with pytest.raises(UnsupportedForm) as caught:
        make_version(make_survey(), table)
    assert [fault.path for fault in caught.value.faults] == ["/data/g/age", "/data/g/hours"]


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(FormError):
        questionnaires.publish(content, make_survey())


def test_a_workbook_that_is_no_form_is_refused() -> None:
    table = "| people |\n| | name |\n| | Li |"
    with pytest.raises(FormError):
        questionnaires.publish(workbook(table), make_survey())
    assert not Questionnaire.objects.exists()


def test_a_version_has_the_files_that_it_needs() -> None:
    version = publish(rich_files() | {"notes.txt": b"x"}, rich_form())
    assert [file.name for file in version.files.all()] == sorted(rich_files())
    file = questionnaires.file_of(version, "shops.csv")
    assert file is not None
    assert formfiles.content_of(file) == rich_files()["shops.csv"]
    assert questionnaires.file_of(version, "notes.txt") is None


def test_files_that_nothing_needs_are_named() -> None:
    form = questionnaires.form_of(publish({"shops.csv": LIST}))
    assert formfiles.unneeded(form, {"shops.csv": LIST, "old.csv": LIST}) == ("old.csv",)


def test_missing_files_are_all_named_and_nothing_is_stored() -> None:
    files = rich_files()
    del files["shops.csv"], files["welcome.png"]
    with pytest.raises(UnsupportedForm) as caught:
        publish(files, rich_form())
    named = [fault.params["name"] for fault in caught.value.faults]
    assert named == ["shops.csv", "welcome.png"]
    assert not Questionnaire.objects.exists()
    assert not FormFile.objects.exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "needs the file shops.csv"),
        ({"Shops.csv": LIST}, "called Shops.csv"),
        ({"media/shops.csv": LIST}, "needs the file shops.csv"),
        ({"shops.csv": b""}, "shops.csv is empty"),
        ({"shops.csv": b"code,label\ns1,Corner"}, "no column name, only code, label"),
        ({"shops.csv": b"name,label\na,b,c"}, "more cells than the header: 2"),
    ],
)
def test_files_that_will_not_do_are_refused_in_words(files: dict[str, bytes], words: str) -> None:
    with pytest.raises(UnsupportedForm, match=words):
        publish(files)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formfiles, "MAX_BYTES", 10)
    with pytest.raises(UnsupportedForm, match="larger than 50 MB"):
        publish({"shops.csv": LIST})


@pytest.mark.parametrize("name", ["../x.png", "a/b.png", ".png", "x.svg", "x.html", "x"])
def test_names_and_kinds_that_do_harm_are_refused(name: str) -> None:
    table = SHOPS.replace("| label |", "| label | media::image |").replace(
        "| Shop |", f"| Shop | {name} |"
    )
    with pytest.raises(UnsupportedForm, match=r"no plain file name|kind that forms cannot show"):
        publish({"shops.csv": LIST, name: b"x"}, table)


def test_faults_of_the_form_and_of_its_files_are_told_together() -> None:
    table = SHOPS.replace("| settings |", "|  | osm | place | Place |\n| settings |")
    with pytest.raises(UnsupportedForm) as caught:
        publish({}, table)
    assert [fault.path for fault in caught.value.faults] == ["/data/place", ""]


def test_the_same_files_again_are_no_change_and_may_be_left_out() -> None:
    survey = make_survey()
    first = publish({"shops.csv": LIST}, survey=survey)
    assert publish({"shops.csv": LIST}, survey=survey) == first
    assert publish({}, survey=survey) == first
    assert FormFile.objects.count() == 1


def test_other_files_are_another_version() -> None:
    survey = make_survey()
    version = publish({"shops.csv": LIST}, survey=survey)
    with pytest.raises(VersionTaken):
        publish({"shops.csv": LIST + b"\ns2,Market"}, survey=survey)
    assert formfiles.content_of(version.files.get()) == LIST


def test_equal_contents_are_stored_once(stored: Path) -> None:
    publish({"shops.csv": LIST})
    publish({"shops.csv": LIST})
    assert FormFile.objects.count() == 2
    assert len([path for path in stored.rglob("*") if path.is_file()]) == 1


def test_a_file_that_was_cut_off_is_stored_again(stored: Path) -> None:
    publish({"shops.csv": LIST})
    (path,) = (path for path in stored.rglob("*") if path.is_file())
    path.write_bytes(b"name")
    assert formfiles.content_of(publish({"shops.csv": LIST}).files.get()) == LIST


def test_expressions_see_the_lists_and_the_files() -> None:
    version = publish(rich_files(), rich_form())
    environment = questionnaires.environment_of(version, datetime(2026, 11, 1, tzinfo=UTC), "en")
    (root,) = environment.instances["shops"].children
    assert (root.name, len(root.children)) == ("root", 4)
    assert environment.instances["town"].children[0].children[0].child("region") is not None


def test_a_version_stored_by_an_earlier_release_is_read_from_its_xform() -> None:
    version = publish({"shops.csv": LIST})
    form = questionnaires.form_of(version)
    QuestionnaireVersion.objects.update(definition={"form_id": "shops", "children": []})
    questionnaires.compiled.cache_clear()
    assert questionnaires.form_of(version) == form

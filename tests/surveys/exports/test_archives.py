"""Forms with repeats or files come as an archive that loses nothing."""

import csv
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from surveys import jobs, submissions
from surveys.exports import catalogue
from surveys.exports.archives import table_names
from surveys.exports.catalogue import EXPORTS, Order
from surveys.models import Attachment, Interview, QuestionnaireVersion, Role
from surveys.xforms.instance import read_instance
from tests.factories import NOBODY, make_member, make_survey, make_user, make_version

CSV = "submissions_csv"
HOUSEHOLD = """
| survey |
|  | type              | name   | label::English (en) | relevant |
|  | text              | family | Family |                 |
|  | begin_group       | home   | Home   |                 |
|  | begin_repeat      | member | Member |                 |
|  | text              | who    | Who    |                 |
|  | integer           | age    | Age    |                 |
|  | begin_repeat      | job    | Job    | ${age} > 14     |
|  | select_one job    | kind   | Kind   |                 |
|  | end_repeat        |        |        |                 |
|  | end_repeat        |        |        |                 |
|  | end_group         |        |        |                 |
|  | image             | photo  | Photo  |                 |
|  | hidden            | source | Source |                 |
| choices |
|  | list_name | name | label::English (en) |
|  | job       | farm | Farm  |
| settings |
|  | form_id | version |
|  | house   | 1       |
"""
BODY = """
<family>Li</family>
<home>
  <member><who>Ann</who><age>40</age><job><kind>farm</kind></job><job><kind/></job></member>
  <member><who/><age/></member>
  <member><who>Bo</who><age>3</age><job><kind>farm</kind></job></member>
</home>
<photo>house.jpg</photo>
<source>web</source>
"""


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> QuestionnaireVersion:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_version(make_survey("ours"), HOUSEHOLD)


def send(version: QuestionnaireVersion, number: int, body: str = BODY, **files: bytes) -> None:
    xml = f'<data id="house" version="1">{body}<meta><instanceID>uuid:{number}</instanceID></meta></data>'
    given = [ContentFile(content, f"{name}.jpg") for name, content in files.items()]
    survey = version.questionnaire.survey
    submissions.receive(read_instance(xml.encode()), survey, NOBODY, files=given)


def archive(version: QuestionnaireVersion, folder: Path, labels: str = "") -> ZipFile:
    out = folder / "out.zip"
    call_command("export", survey="ours", out=out, labels=labels, stdout=StringIO())
    return ZipFile(out)


def rows(archive: ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(archive.read(name).decode("utf-8-sig"))))


def test_a_repeat_has_a_table_of_its_own(version: QuestionnaireVersion, tmp_path: Path) -> None:
    send(version, 1)
    found = archive(version, tmp_path)
    assert found.namelist() == [
        "interviews.csv",
        "interviews-member.csv",
        "interviews-job.csv",
    ]
    (interview,) = rows(found, "interviews.csv")
    assert (interview["interview_id"], interview["family"]) == ("uuid:1", "Li")
    assert (interview["source"], interview["member/count"]) == ("web", "3")
    assert "who" not in interview
    keys = ("parent_key", "key", "place", "who", "age", "job/count")
    assert [[row[key] for key in keys] for row in rows(found, "interviews-member.csv")] == [
        ["uuid:1", "uuid:1/home/member[1]", "1", "Ann", "40", "2"],
        ["uuid:1", "uuid:1/home/member[2]", "2", "", "", "0"],
        ["uuid:1", "uuid:1/home/member[3]", "3", "Bo", "3", "0"],
    ]
    assert rows(found, "interviews-job.csv") == [
        {
            "interview_id": "uuid:1",
            "parent_key": "uuid:1/home/member[1]",
            "key": f"uuid:1/home/member[1]/job[{place}]",
            "place": str(place),
            "kind": kind,
        }
        for place, kind in ((1, "farm"), (2, ""))
    ]


def test_answers_in_repeats_have_labels_too(version: QuestionnaireVersion, tmp_path: Path) -> None:
    send(version, 1)
    found = archive(version, tmp_path, labels="en")
    assert rows(found, "interviews-job.csv")[0]["kind"] == "Farm"


def test_the_files_of_answers_are_beside_them(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    send(version, 1, house=b"one")
    send(version, 2, house=b"two")
    send(version, 3)
    found = archive(version, tmp_path)
    assert found.read("media/1/house.jpg") == b"one"
    assert found.read("media/2/house.jpg") == b"two"
    assert [row["photo"] for row in rows(found, "interviews.csv")] == ["house.jpg"] * 3
    assert "media/3/house.jpg" not in found.namelist()
    assert {entry.external_attr >> 16 for entry in found.infolist()} == {0o644}


def test_no_name_leads_out_of_the_archive(version: QuestionnaireVersion, tmp_path: Path) -> None:
    send(version, 1, house=b"one")
    Interview.objects.update(root_uuid="uuid:../../x")
    Attachment.objects.update(name="../../../etc/passwd")
    assert "media/x/passwd" in archive(version, tmp_path).namelist()


def test_a_job_makes_the_same_archive(version: QuestionnaireVersion, tmp_path: Path) -> None:
    send(version, 1, house=b"one")
    order = Order(version.questionnaire, make_user(is_superuser=True))
    job = catalogue.request(EXPORTS[CSV], order)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.error == ""
    assert str(job.result.name).endswith(".zip")
    with job.result.open("rb") as file:
        made = ZipFile(file)
        by_command = archive(version, tmp_path)
        assert made.namelist() == by_command.namelist()
        assert all(made.read(name) == by_command.read(name) for name in made.namelist())


def test_analysts_get_no_files(version: QuestionnaireVersion, tmp_path: Path) -> None:
    """A picture may show who somebody is."""
    send(version, 1, house=b"one")
    analyst = make_member(version.questionnaire.survey, Role.ANALYST)
    out = tmp_path / "out.zip"
    EXPORTS[CSV].write(Order(version.questionnaire, analyst), out, lambda: None)
    assert ZipFile(out).namelist() == [
        "interviews.csv",
        "interviews-member.csv",
        "interviews-job.csv",
    ]


def test_an_archive_is_not_called_a_table(version: QuestionnaireVersion, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Name it \.zip, such as .*out\.zip"):
        call_command("export", survey="ours", out=tmp_path / "out.csv", stdout=StringIO())
    assert list(tmp_path.glob("out*")) == []


def test_the_number_of_queries_does_not_grow_with_the_interviews(
    version: QuestionnaireVersion,
    tmp_path: Path,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(9):
        send(version, number, house=b"one")
    with django_assert_max_num_queries(12):
        archive(version, tmp_path)


def test_tables_of_repeats_have_different_names() -> None:
    assert table_names(["", "a/member", "b/member", "plot"]) == {
        "": "interviews",
        "a/member": "interviews-a-member",
        "b/member": "interviews-b-member",
        "plot": "interviews-plot",
    }

"""The package: everything for analysts, the same bytes for the same data, checked by its own lists."""

import hashlib
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pyreadstat
import pytest
from django.core.management import CommandError, call_command
from lxml import etree
from pytest_django import Settings

from surveys import jobs
from surveys.exports import catalogue, rows, sequence
from surveys.exports.catalogue import EXPORTS, Order, ShortFile
from surveys.exports.manifest import faults_in
from surveys.models import Audience, Interview, Job, QuestionnaireVersion, Role
from tests.factories import make_member, make_survey, make_version
from tests.surveys.exports.analysed import FULL, make_house, send
from tests.surveys.exports.test_archives import HOUSEHOLD
from tests.surveys.exports.test_archives import send as send_house

PACKAGE = EXPORTS["package_zip"]


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> QuestionnaireVersion:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_house(make_survey("ours"))


def packed(order: Order, path: Path) -> ZipFile:
    PACKAGE.write(order, path, lambda: None)
    return ZipFile(path)


def manifest_of(package: ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(package.read("manifest.json"))
    return found


def variable(page: etree._Element, name: str) -> etree._Element:
    """Where a page of the codebook tells of a variable of interviews."""
    return next(one for one in page.iter("article") if one.get("id") == f"interviews.{name}")


def words_of(element: etree._Element) -> str:
    return " ".join(" ".join(map(str, element.itertext())).split())


def test_it_holds_the_data_in_all_formats_and_what_explains_it(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    ticks: list[int] = []
    PACKAGE.write(Order(version.questionnaire), tmp_path / "p.zip", lambda: ticks.append(1))
    with ZipFile(tmp_path / "p.zip") as package:
        names, told = set(package.namelist()), manifest_of(package)
        package.extractall(tmp_path)
    tables = {
        f"interviews{end}.{kind}" for end in ("", "-member") for kind in ("csv", "dta", "sav")
    }
    parquets = {"interviews.parquet", "interviews-member.parquet"}
    pages = {"codebook-en.html", "codebook-zh-hans.html", "questionnaire-en.html"}
    assert names >= tables | parquets | pages | {"interviews.xlsx", "interviews.geojson"}
    assert names >= {"questionnaire-zh.html", "codebook-ddi.xml", "manifest.json", "SHA256SUMS"}
    assert (len(ticks), told["rows"]["in_database"]) == (3, 3)
    assert set(told["rows"]["in_files"]) == {"csv", "xlsx", "dta", "sav", "parquet", "geojson"}
    assert set(told["rows"]["in_files"].values()) == {3}
    csv = pl.read_csv(tmp_path / "interviews.csv", infer_schema=False)
    dta = pyreadstat.read_dta(tmp_path / "interviews.dta", output_format="polars")[0]
    parquet = pl.read_parquet(tmp_path / "interviews.parquet")
    assert list(csv["interview_id"]) == list(dta["interview_id"]) == list(parquet["interview_id"])


def test_the_manifest_tells_every_file_and_which_data_it_was(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    with packed(Order(version.questionnaire), tmp_path / "p.zip") as package:
        told = manifest_of(package)
        for file in told["files"]:
            content = package.read(file["name"])
            assert (file["bytes"], file["sha256"]) == (
                len(content),
                hashlib.sha256(content).hexdigest(),
            )
        listed = {"manifest.json", "SHA256SUMS", *(file["name"] for file in told["files"])}
        assert listed == set(package.namelist())
    written = {file["name"]: file.get("rows") for file in told["files"]}
    assert written["interviews-member.dta"] == {"interviews-member": 2}
    assert written["interviews.xlsx"] == {"interviews": 3, "interviews-member": 2}
    current = Interview.objects.order_by("pk").values_list("root_uuid", "current__xml_sha256")
    lines = "".join(f"{name} {sha256}\n" for name, sha256 in current)
    assert told["data"]["sha256_of_ids_and_hashes"] == hashlib.sha256(lines.encode()).hexdigest()
    assert told["questionnaire"]["versions"] == [{"version": "1", "md5": version.xml_md5}]


def test_the_same_data_make_the_same_bytes_and_other_data_do_not(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    order = Order(version.questionnaire)
    started = time.time()
    packed(order, tmp_path / "one.zip").close()
    time.sleep(max(0, started + 2.1 - time.time()))  # archives and headers count seconds in twos
    packed(order, tmp_path / "two.zip").close()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    send(version, 4, FULL)
    packed(order, tmp_path / "three.zip").close()
    assert (tmp_path / "one.zip").read_bytes() != (tmp_path / "three.zip").read_bytes()


def test_analysts_get_nobodys_name_anywhere(version: QuestionnaireVersion, tmp_path: Path) -> None:
    analyst = make_member(version.questionnaire.survey, Role.ANALYST)
    with packed(Order(version.questionnaire, analyst), tmp_path / "p.zip") as package:
        assert manifest_of(package)["audience"]["names_people"] is False
        for name in package.namelist():
            if name.endswith((".csv", ".html", ".xml", ".json")) and "questionnaire" not in name:
                assert b"enumerator" not in package.read(name).lower(), name


def test_a_format_with_no_room_is_left_out_with_its_reason(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    send(version, 4, FULL.replace('=李 "四"', "很" * 12_000))
    with packed(Order(version.questionnaire), tmp_path / "p.zip") as package:
        told, names = manifest_of(package), package.namelist()
    assert [one["format"] for one in told["left_out"]] == ["sav"]
    assert "36000 bytes" in told["left_out"][0]["because"]
    assert not any(name.endswith(".sav") for name in names)
    assert told["rows"]["in_files"]["dta"] == 4


def test_labels_are_in_the_language_that_was_asked_for(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    with packed(Order(version.questionnaire, language="zh"), tmp_path / "p.zip") as package:
        package.extractall(tmp_path)
    csv = pl.read_csv(tmp_path / "interviews.csv", infer_schema=False)
    assert list(csv["works"]) == ["是", "不愿回答", "否"]
    _, meta = pyreadstat.read_sav(tmp_path / "interviews.sav", output_format="polars")
    assert meta.column_names_to_labels["age"] == "年龄"


def test_the_codebook_says_what_was_asked_and_how_often_what_was_said(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    with packed(Order(version.questionnaire), tmp_path / "p.zip") as package:
        english, chinese = (package.read(f"codebook-{code}.html") for code in ("en", "zh-hans"))
        page = etree.HTML(english)
        ddi = etree.fromstring(package.read("codebook-ddi.xml"))
    told = words_of(variable(page, "hours"))
    assert "${works} = 'yes'" in told
    assert "Does not apply" in told
    _, *rows = variable(page, "works").iter("tr")
    cells = [[words_of(cell) for cell in row] for row in rows]
    assert [row[:3] for row in cells] == [
        ["1", "Yes 是 yes", "1"],
        ["2", "No 否 no", "1"],
        [".r", "Prefer not to answer -999999998", "1"],
    ]
    assert "您工作吗？" in chinese.decode()
    names = [one.get("name") for one in ddi.iterfind(".//{*}var")]
    assert {"works", "q_11bbcb", "home_latitude"} <= set(names)


def test_a_package_is_checked_by_its_lists(
    version: QuestionnaireVersion, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.zip"
    packed(Order(version.questionnaire), path).close()
    call_command("verify_package", path)
    assert "is what its lists say" in capsys.readouterr().out
    changed = tmp_path / "changed.zip"
    with ZipFile(path) as package, ZipFile(changed, "w") as other:
        for name in package.namelist():
            content = package.read(name).replace("李".encode(), "王".encode())
            if name != "interviews.sav":
                other.writestr(name, content if name == "interviews.csv" else package.read(name))
        other.writestr("more.txt", "x")
    assert [str(fault) for fault in faults_in(changed)] == [
        "interviews.csv is not what it was.",
        "interviews.sav is missing.",
        "more.txt is in no list.",
    ]
    with pytest.raises(CommandError, match="not what it was"):
        call_command("verify_package", changed)
    changed.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(CommandError, match="no package"):
        call_command("verify_package", changed)


def test_a_survey_has_its_chinese_name_where_chinese_is_read(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    survey = version.questionnaire.survey
    survey.name, survey.name_zh = "Workers", "务工人员调查"
    survey.save()
    with packed(Order(version.questionnaire), tmp_path / "p.zip") as package:
        for code, name in (("en", "Workers"), ("zh-hans", "务工人员调查")):
            assert package.read(f"README-{code}.txt").decode().startswith(f"{name} ·")
            assert f" · {name}</title>" in package.read(f"codebook-{code}.html").decode()


def test_only_the_formats_that_were_asked_for(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    order = Order(version.questionnaire, formats=("parquet", "csv"))
    with packed(order, tmp_path / "p.zip") as package:
        told, names = manifest_of(package), package.namelist()
        readme = package.read("README-en.txt").decode()
    assert set(told["rows"]["in_files"]) == {"csv", "parquet"}
    assert not any(name.endswith((".dta", ".sav", ".xlsx", ".geojson")) for name in names)
    assert "for Stata" not in readme


def test_files_of_answers_come_along_where_asked_for_but_to_no_audience(
    settings: Settings, tmp_path: Path, db: None
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    version = make_version(make_survey("ours"), HOUSEHOLD)
    send_house(version, 1, house=b"one")
    order = Order(version.questionnaire, files=True, formats=("csv",))
    with packed(order, tmp_path / "p.zip") as package:
        assert package.read("media/1/house.jpg") == b"one"
        (listed,) = (one for one in manifest_of(package)["files"] if "media" in one["name"])
        assert (listed["bytes"], listed["sha256"]) == (3, hashlib.sha256(b"one").hexdigest())
    assert list(faults_in(tmp_path / "p.zip")) == []
    analyst = make_member(version.questionnaire.survey, Role.ANALYST)
    for other in (replace(order, files=False), replace(order, person=analyst)):
        with packed(other, tmp_path / "p.zip") as package:
            assert not any("media" in name for name in package.namelist())
            assert manifest_of(package)["order"]["files_of_answers"] is False


def test_what_was_erased_is_told_by_what_older_files_call_it(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    erased_at = datetime(2026, 11, 2, 10, tzinfo=UTC)
    common = {"reason": "withdrawn", "received_at": erased_at, "erased_at": erased_at}
    for root in ("uuid:8", "uuid:9"):
        version.questionnaire.tombstones.create(root_uuid=root, **common)
    audience = Audience.objects.create(survey=version.questionnaire.survey, name="Ministry")
    order = Order(version.questionnaire, formats=("csv",))
    with packed(order, tmp_path / "p.zip") as package:
        told = manifest_of(package)["erased"]
        assert "2 interviews were erased" in package.read("README-en.txt").decode()
    assert told[0]["interview_id_sha256"] == hashlib.sha256(b"uuid:8").hexdigest()
    order = replace(order, audience=audience)
    with packed(order, tmp_path / "p.zip") as package:
        told, readme = manifest_of(package)["erased"], package.read("README-en.txt").decode()
    assert order.terms is not None
    assert told == [
        {"person_key": order.terms.pseudonym(root), "erased": "2026-11-02"}
        for root in ("uuid:8", "uuid:9")
    ]
    assert "Ministry" in readme


def test_rows_are_counted_in_the_database_and_not_by_who_writes(
    version: QuestionnaireVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reading that loses an interview on its way."""
    read = sequence.pages_in_order

    def losing_one(*args: Any) -> Any:
        for page in read(*args):
            yield [row for row in page if row["root_uuid"] != "uuid:2"]

    monkeypatch.setattr(rows, "pages_in_order", losing_one)
    with pytest.raises(ShortFile, match="3 rows were due and 2 written"):
        PACKAGE.write(Order(version.questionnaire), tmp_path / "p.zip", lambda: None)


def test_it_is_made_as_a_job(version: QuestionnaireVersion) -> None:
    person = make_member(version.questionnaire.survey, Role.ANALYST)
    job = catalogue.request(PACKAGE, Order(version.questionnaire, person))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.done) == (Job.State.DONE, "", 3)
    assert "-package-" in str(job.result.name)

"""Tables of any length: in parts, in bounded memory, whole or not at all; and who may see what."""

import tracemalloc
from dataclasses import replace
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pyreadstat
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from surveys import jobs
from surveys.exports import catalogue, parquet, rows, spss, stata
from surveys.exports.catalogue import EXPORTS, Order
from surveys.exports.clipping import clipped
from surveys.exports.parts import Format
from surveys.exports.tables import tables_for
from surveys.layers import Layer
from surveys.models import Interview, Job, QuestionnaireVersion, Role
from tests.factories import make_member, make_survey, make_user
from tests.surveys.exports.analysed import FLAT, FULL, exported, make_house, send


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> QuestionnaireVersion:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_house(make_survey("ours"), FLAT)


def in_twos(format_: Format, order: Order) -> Format:
    """The format with two rows a part."""
    return replace(format_, cells_a_part=2 * len(tables_for(order)[0].variables))


@pytest.mark.parametrize("format_", [stata.FORMAT, spss.FORMAT])
def test_what_is_too_long_for_one_file_is_numbered_files(
    version: QuestionnaireVersion, tmp_path: Path, format_: Format
) -> None:
    order, ticks = Order(version.questionnaire), []
    short = in_twos(format_, order)
    assert (format_.extension_for(order), short.extension_for(order)) == (format_.extension, "zip")
    short.write_tables(order, tmp_path / "out.zip", lambda: ticks.append(1))
    with ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert names == [f"interviews-{number}.{format_.extension}" for number in (1, 2)]
    read = pyreadstat.read_dta if format_ is stata.FORMAT else pyreadstat.read_sav
    ids = [read(tmp_path / name, output_format="polars")[0]["interview_id"] for name in names]
    assert [list(found) for found in ids] == [["uuid:1", "uuid:2"], ["uuid:3"]]
    assert len(ticks) == 3


def test_parquet_is_one_file_of_row_groups(version: QuestionnaireVersion, tmp_path: Path) -> None:
    for number in (4, 5):
        send(version, number, FULL)
    order = Order(version.questionnaire)
    short = in_twos(parquet.FORMAT, order)
    assert short.extension_for(order) == "parquet"
    short.write_tables(order, tmp_path / "parts", lambda: None)
    parquet.FORMAT.write_tables(order, tmp_path / "whole", lambda: None)
    joined = pl.read_parquet(tmp_path / "parts")
    assert joined["interview_id"].to_list() == [f"uuid:{number}" for number in range(1, 6)]
    assert joined.equals(pl.read_parquet(tmp_path / "whole"))
    described = [
        pl.read_parquet_metadata(tmp_path / name)["variables"] for name in ("parts", "whole")
    ]
    assert described[0] == described[1]


@pytest.mark.parametrize("kind", ["dta", "sav", "parquet", "geojson"])
def test_a_survey_without_interviews_has_its_columns(
    version: QuestionnaireVersion, tmp_path: Path, kind: str
) -> None:
    whole = (
        exported(Order(version.questionnaire), kind, tmp_path)[f"interviews.{kind}"].stat().st_size
    )
    Interview.objects.update(state=Interview.State.REJECTED)
    order = Order(version.questionnaire, layer=Layer.PUBLISHED)
    path = exported(order, kind, tmp_path)[f"interviews.{kind}"]
    assert path.stat().st_size < whole
    if kind == "dta":
        frame, meta = pyreadstat.read_dta(path, output_format="polars")
        assert (len(frame), meta.column_names_to_labels["age"]) == (0, "Age")


def test_long_texts_stay_whole_or_are_refused(
    version: QuestionnaireVersion, tmp_path: Path
) -> None:
    text = "很" * 12_000  # 36,000 bytes
    send(version, 4, FULL.replace('=李 "四"', text))
    order = Order(version.questionnaire)
    path = exported(order, "dta", tmp_path)["interviews.dta"]
    assert pyreadstat.read_dta(path, output_format="polars")[0]["q_11bbcb"][3] == text
    sentence = "An answer to q_11bbcb has 36000 bytes; SPSS holds 32767"
    with pytest.raises(CommandError, match=sentence):
        call_command(
            "export", survey="ours", format="sav", out=tmp_path / "out.sav", stdout=StringIO()
        )
    assert not (tmp_path / "out.sav").exists()
    job = catalogue.request(
        EXPORTS["submissions_sav"], replace(order, person=make_user(is_superuser=True))
    )
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, bool(job.result)) == (Job.State.FAILED, False)


def test_analysts_get_nobodys_name_and_the_same_variables(version: QuestionnaireVersion) -> None:
    analyst = make_member(version.questionnaire.survey, Role.ANALYST)
    (whole,), (seen,) = (
        tables_for(Order(version.questionnaire, person)) for person in (None, analyst)
    )
    hidden = {"enumerator", "enumerator_id"}
    assert hidden.isdisjoint(variable.name for variable in seen.variables)
    named = [one.name for one in whole.variables if one.name not in hidden]
    assert [one.name for one in seen.variables] == ["person_key", *named[1:]]


def test_a_job_makes_what_was_ordered(version: QuestionnaireVersion) -> None:
    person = make_member(version.questionnaire.survey, Role.COORDINATOR)
    order = Order(version.questionnaire, person, "zh")
    job = catalogue.request(EXPORTS["submissions_dta"], order)
    assert catalogue.order_of(job) == order
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.done) == (Job.State.DONE, "", 3)
    assert str(job.result.name).endswith(".dta")


def test_a_form_without_places_has_no_map(db: None, tmp_path: Path) -> None:
    make_house(make_survey("ours"), FLAT.replace("geopoint", "text"))
    out = tmp_path / "out.geojson"
    with pytest.raises(CommandError, match="asks for no place"):
        call_command("export", survey="ours", format="geojson", out=out, stdout=StringIO())
    assert not out.exists()


def test_memory_does_not_grow_with_the_rows(
    version: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 100)
    order = Order(version.questionnaire)
    short = replace(spss.FORMAT, cells_a_part=100 * len(tables_for(order)[0].variables))
    stored = Interview.objects.get(root_uuid="uuid:1")

    def peak(copies: int) -> int:
        stored.current = None
        Interview.objects.bulk_create(
            [copy_of(stored, f"{copies}-{number}") for number in range(copies)]
        )
        tracemalloc.start()
        short.write_tables(order, tmp_path / "out.zip", lambda: None)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(300)
    assert peak(900) < few * 1.5


def copy_of(interview: Interview, root_uuid: str) -> Interview:
    fields = ("questionnaire_id", "outcome", "answers", "skipped", "received_at")
    return Interview(root_uuid=root_uuid, **{name: getattr(interview, name) for name in fields})


def test_labels_are_cut_between_characters() -> None:
    assert clipped("年龄", 6) == "年龄"
    assert clipped("年龄多少", 11) == "年龄…"
    assert clipped("Age of all", 7) == "Age…"

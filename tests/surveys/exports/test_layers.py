"""Layers of answers in files: as devices sent them, as corrected, and what counts; and the corrections."""

import csv
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from surveys import jobs, layers, ledger
from surveys.exports import catalogue, texts
from surveys.exports.catalogue import EXPORTS, Order
from surveys.layers import Layer
from surveys.models import Interview, Job, QuestionnaireVersion, Role, Site, User
from surveys.submissions import Sender
from tests.factories import (
    make_enumerator,
    make_member,
    make_site,
    make_survey,
    make_version,
    receive,
)
from tests.surveys.admin.test_ledger import REPEATED
from tests.surveys.test_ledger import correct, send


@pytest.fixture
def site(db: None, settings: Settings, tmp_path: Path) -> Site:
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_site(make_survey("ours"), "S1")


@pytest.fixture
def version(site: Site, coordinator: User) -> QuestionnaireVersion:
    """Three interviews: one that was corrected, one that was edited after that, one rejected."""
    version, enumerator = make_version(site.survey), make_enumerator(site)
    first, second, third = (send(version, enumerator, f"uuid:{n}") for n in (1, 2, 3))
    correct(first, coordinator, works="no")
    made = correct(second, coordinator, hours="48")
    send(version, enumerator, "uuid:edit", made.instance_id, hours="49")
    Interview.objects.filter(pk=third.pk).update(state=Interview.State.REJECTED)
    return version


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_text("utf-8-sig"))))


def exported(version: QuestionnaireVersion, person: User | None, layer: Layer, to: Path) -> Path:
    order = Order(version.questionnaire, person, layer=layer)
    texts.write(order, to, lambda: None)
    return to


@pytest.mark.parametrize(
    ("layer", "hours"),
    [
        (Layer.RAW, ["40", "49", "40"]),
        (Layer.CORRECTED, ["", "49", "40"]),
        (Layer.PUBLISHED, ["", "49"]),
    ],
)
def test_a_layer_has_its_answers(
    version: QuestionnaireVersion, tmp_path: Path, layer: Layer, hours: list[str]
) -> None:
    found = rows(exported(version, None, layer, tmp_path / "file.csv"))
    assert [row["hours"] for row in found] == hours
    assert found[0]["works"] == ("yes" if layer == Layer.RAW else "no")


def test_tables_of_repeats_are_as_they_were_sent(
    site: Site, coordinator: User, tmp_path: Path
) -> None:
    form = make_version(site.survey, REPEATED)
    sender = Sender(make_enumerator(site))
    family = receive(form, sender, psu_id="S1", children="0").submission.interview
    answers = {"children": "1", "child[1]/age": "7"}
    ledger.correct(family.pk, answers, by=coordinator, reason="x", seen=None)
    for layer, ages in ((Layer.RAW, []), (Layer.CORRECTED, ["7"])):
        with ZipFile(exported(form, None, layer, tmp_path / "file.zip")) as archive:
            table = archive.read("interviews-child.csv").decode("utf-8-sig")
        assert [row["age"] for row in csv.DictReader(StringIO(table))] == ages


def test_only_what_the_office_wrote_is_read_again(
    version: QuestionnaireVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = list(Interview.objects.values_list("pk", flat=True))
    assert len(layers.sent_by_devices(keys)) == 1
    with django_assert_num_queries(1):
        layers.sent_by_devices(keys[1:])


def test_the_page_and_the_command_offer_them(
    version: QuestionnaireVersion, coordinator: User, tmp_path: Path
) -> None:
    client = Client()
    client.force_login(coordinator)
    page = client.get("/admin/surveys/job/exports/").content.decode()
    assert "as devices sent them" in page
    client.post(
        "/admin/surveys/job/exports/",
        {"kind": "submissions_csv", "language": "", "layer": "raw"},
    )
    job = Job.objects.get()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert "-submissions-raw-" in str(job.result)
    out = tmp_path / "published.csv"
    call_command("export", survey="ours", out=out, layer="published")
    assert len(rows(out)) == 2


@pytest.mark.parametrize(("role", "named"), [(Role.COORDINATOR, True), (Role.ANALYST, False)])
def test_corrections_are_a_file_too(
    version: QuestionnaireVersion, tmp_path: Path, role: Role, named: bool
) -> None:
    person = make_member(version.questionnaire.survey, role)
    order = Order(version.questionnaire, person)
    export = catalogue.find("corrections", "csv")
    assert export.count(order) == 3
    assert "3 answers changed" in EXPORTS[export.kind].describe(order)
    export.write(order, tmp_path / "file.csv", lambda: None)
    found = rows(tmp_path / "file.csv")  # of analysts in the order of pseudonyms
    first = next(row for row in found if row["question"] == "g/works")
    assert (first["before"], first["after"]) == ("yes", "no")
    assert sorted(row["followed"] for row in found) == ["no", "no", "yes"]
    assert [name in first for name in ("reason", "by", "batch")] == [named] * 3

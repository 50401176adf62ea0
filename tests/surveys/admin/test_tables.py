"""Set-up tables in and out by file: previewed, refused in words, all rows or none."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from surveys.models import Assignment, City, Role, Site, Survey
from tests.factories import make_city, make_enumerator, make_member, make_site, make_survey

CSV = "0"  # the place of CSV among import-export's formats


@pytest.fixture
def survey(db: None) -> Survey:
    survey = make_survey("ours")
    make_city("c01")
    make_survey("theirs")
    return survey


@pytest.fixture
def client(survey: Survey) -> Client:
    client = Client()
    client.force_login(make_member(survey, Role.COORDINATOR))
    return client


def preview(client: Client, model: str, table: str | bytes) -> Any:
    content = table if isinstance(table, bytes) else table.encode()
    data = {"import_file": SimpleUploadedFile("table.csv", content), "resource": ""}
    return client.post(reverse(f"admin:surveys_{model}_import"), data)


def confirm(client: Client, model: str, previewed: Any) -> Any:
    fields = previewed.context["confirm_form"].initial
    return client.post(reverse(f"admin:surveys_{model}_process_import"), fields, follow=True)


def test_sites_come_in_after_a_preview(client: Client, survey: Survey) -> None:
    make_site(survey, "S1", target=3)
    table = "survey,code,city,stratum,psu,target\nours,S1,c01,a,S1,9\nours,S2,c01,a,S2,10\n"
    previewed = preview(client, "site", table)
    assert survey.sites.count() == 1
    confirm(client, "site", previewed)
    assert dict(survey.sites.values_list("code", "target")) == {"S1": 9, "S2": 10}
    assert Site.history.filter(code="S1").count() == 2


def workbook_with(*rows: list[str]) -> bytes:
    book, file = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "survey,code,name,stratum,psu\nours,S1,老城,a,S1\n".encode("gbk"),
        "survey,code,name,stratum,psu\nours,S1,老城,a,S1\n".encode("utf-8-sig"),
        "survey,code,name,stratum,psu\nours,S1,老城,a,S1\n".encode("utf-16"),
        workbook_with(
            ["survey", "code", "name", "stratum", "psu"], ["ours", "S1", "老城", "a", "S1"]
        ),
    ],
    ids=["gbk", "utf-8", "utf-16", "excel"],
)
def test_a_file_is_read_as_spreadsheets_save_it(
    client: Client, survey: Survey, content: bytes
) -> None:
    confirm(client, "site", preview(client, "site", content))
    assert survey.sites.get().name == "老城"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"survey,code\nours,S\x00\n", "neither a CSV file nor an Excel workbook"),
        (b"caf\xe9", "neither a CSV file nor an Excel workbook"),
        (b"PK\x03\x04 cut off", "neither a CSV file nor an Excel workbook"),
        (b"\xd0\xcf\x11\xe0 of 1997", "old .xls workbook"),
    ],
)
def test_what_is_no_table_is_refused_in_words(client: Client, content: bytes, message: str) -> None:
    assert message in preview(client, "site", content).content.decode()


def test_the_page_names_the_columns_that_a_file_may_have(client: Client) -> None:
    page = client.get(reverse("admin:surveys_case_import")).content.decode()
    assert "<code>site*</code>" in page
    assert "<code>code*</code>" in page
    assert "<code>outcome</code>" not in page


@pytest.mark.parametrize(
    ("table", "sentences"),
    [
        ("survey,code,citi\nours,S1,c01\n", ["citi (city?)"]),
        ("code,stratum\nS1,a\n", ["These columns are missing: survey"]),
        ("survey,code,code\nours,S1,S1\n", ["twice: code"]),
        ("survey,code,city,stratum,psu\nours,S1,c99,a,b\n", ["Row 2", "no city c99"]),
        ("survey,code,city,stratum,psu\nours,S1,c01,,\n", ["Row 2", "stratum", "blank"]),
        ("survey,code,stratum,psu,target\nours,S1,a,b,many\n", ["Row 2", "target", "“many” is no"]),
        (
            "survey,code,stratum,psu,design_weight\nours,S1,a,b,nan\n",
            ["Row 2", "“nan” is no number"],
        ),
        (
            "survey,code,stratum,psu,design_weight\nours,S1,a,b,inf\n",
            ["Row 2", "“inf” is no number"],
        ),
        ("survey,code,stratum,psu,design_weight\nours,S1,a,b,many\n", ["Row 2", "“many” is no"]),
        (
            "survey,code,stratum,psu,design_weight\nours,S1,a,b,2e9\n",
            ["Row 2", "0 to 1,000,000,000"],
        ),
        ("survey,code,stratum,psu,latitude\nours,S1,a,b,nan\n", ["Row 2", "latitude", "“nan”"]),
        ("survey,code,stratum,psu,latitude\nours,S1,a,b,95\n", ["Row 2", "latitude"]),
        ("survey,code,stratum,psu\ntheirs,S1,a,b\n", ["Row 2", "no survey theirs"]),
        (
            "survey,code,city,stratum,psu\nours,S1,c01,a,b\nours,S2,c98,a,b\nnope,S3,c01,a,b\n",
            ["Row 3", "no city c98", "Row 4", "no survey nope"],
        ),
    ],
)
def test_every_fault_is_said_with_its_row_and_nothing_is_stored(
    client: Client, table: str, sentences: list[str]
) -> None:
    response = preview(client, "site", table)
    page = response.content.decode()
    assert "confirm_form" not in response.context or not response.context["confirm_form"]
    assert [sentence for sentence in sentences if sentence not in page] == []
    assert "Traceback" not in page
    assert not Site.objects.exists()


def test_a_wage_that_is_no_number_is_said_with_its_row(client: Client) -> None:
    page = preview(client, "city", "code,region,average_wage\nc02,east,many\n").content.decode()
    assert "Row 2" in page
    assert "“many” is no number" in page


def test_nothing_is_imported_if_the_data_changed_since_the_preview(
    client: Client, survey: Survey
) -> None:
    previewed = preview(
        client, "site", "survey,code,city,stratum,psu\nours,S1,c01,a,b\nours,S2,,a,b\n"
    )
    City.objects.all().delete()
    page = confirm(client, "site", previewed).content.decode()
    assert "Nothing was imported" in page
    assert not survey.sites.exists()


def test_assignments_name_people_of_the_survey(client: Client, survey: Survey) -> None:
    make_site(survey, "S1")
    make_enumerator(make_site(survey, "S2"), "E01")
    make_enumerator(make_site(Survey.objects.get(code="theirs"), "T1"), "E02")
    previewed = preview(client, "assignment", "survey,site,enumerator,target\nours,S1,E01,5\n")
    confirm(client, "assignment", previewed)
    assert Assignment.objects.get(site__code="S1").target == 5
    refused = preview(client, "assignment", "survey,site,enumerator\nours,S1,E02\n")
    assert "no person E02" in refused.content.decode()


def test_cities_carry_reference_values(client: Client) -> None:
    table = "code,name,region,average_wage\nc01,One,east,8000\nc02,Two,east,7000.50\n"
    confirm(client, "city", preview(client, "city", table))
    assert {str(wage) for wage in City.objects.values_list("average_wage", flat=True)} == {
        "8000.00",
        "7000.50",
    }


@pytest.mark.parametrize("model", ["site", "city", "region", "assignment"])
def test_what_goes_out_comes_in_again_unchanged(client: Client, survey: Survey, model: str) -> None:
    make_enumerator(make_site(survey, "S1", city=City.objects.get()), "E01")
    out = client.post(reverse(f"admin:surveys_{model}_export"), {"format": CSV, "resource": ""})
    assert out.status_code == 200
    again = preview(client, model, BytesIO(out.content).read().decode())
    assert [row.import_type for row in again.context["result"].rows] == ["skip"]


def test_analysts_take_tables_out_and_put_none_in(survey: Survey) -> None:
    client = Client()
    client.force_login(make_member(survey, Role.ANALYST))
    assert client.get(reverse("admin:surveys_site_export")).status_code == 200
    assert client.get(reverse("admin:surveys_site_import")).status_code == 403
    assert client.post(reverse("admin:surveys_site_process_import")).status_code == 403
    assert client.get(reverse("admin:surveys_assignment_export")).status_code == 403


def test_a_list_that_was_filtered_by_nonsense_is_exported_whole(client: Client) -> None:
    page = reverse("admin:surveys_city_export")
    assert client.get(f"{page}?nonsense=1").headers["Location"] == page
    assert client.get(page).status_code == 200

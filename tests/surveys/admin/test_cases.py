"""Lists of selected people by file, what became of them, and the rates: which, and for whom."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from surveys import contacts
from surveys.admin.attempts import cases
from surveys.models import Case, Contact, Membership, Role, Site, Survey, User
from surveys.sampling.outcomes import Outcome
from surveys.submissions import Sender
from tests.factories import make_enumerator, make_site, make_survey, make_version, receive
from tests.surveys.admin.office import client_in, text
from tests.surveys.listing import listed, tried

pytestmark = pytest.mark.django_db
OUTCOMES = reverse("admin:surveys_case_outcomes")
FILE = reverse("admin:surveys_case_outcomes_file")


@pytest.fixture
def survey() -> Survey:
    return make_survey("ours")


@pytest.fixture
def site(survey: Survey) -> Site:
    return make_site(survey, "S1")


@pytest.fixture
def person(site: Site) -> User:
    person = make_enumerator(site, "E01")
    Membership.objects.filter(user=person).update(team="north")
    return person


@pytest.fixture
def client(survey: Survey) -> Client:
    return client_in(survey)


@pytest.fixture
def field(site: Site, person: User) -> list[Case]:
    """At S1 one interviewed, one refused, one not at home and one not eligible, at S2 one not tried."""
    found = [*listed(site, "C1", "C2", "C3", "C4")]
    version = make_version(site.survey)
    receive(version, Sender(person, case_code="C1"), psu_id="S1", age="30", works="no")
    tried(found[1], person, Outcome.REFUSED, note="Slammed the door")
    tried(found[2], person, Outcome.NOBODY_HOME)
    tried(found[2], person, Outcome.NOBODY_HOME, 1)
    tried(found[3], person, Outcome.NOT_ELIGIBLE)
    return [*found, *listed(make_site(site.survey, "S2"), "C5")]


def preview(client: Client, survey: Survey, table: str) -> Any:
    file = SimpleUploadedFile("people.csv", table.encode())
    data = {"import_file": file, "format": "0", "resource": "", "survey": survey.pk}
    return client.post(reverse("admin:surveys_case_import"), data)


def bring(client: Client, survey: Survey, table: str) -> None:
    fields = preview(client, survey, table).context["confirm_form"].initial
    client.post(reverse("admin:surveys_case_process_import"), fields, follow=True)


def test_a_list_comes_in_after_a_preview_and_a_second_one_moves_and_adds(
    client: Client, survey: Survey, site: Site
) -> None:
    make_site(survey, "S2")
    table = "site,code\nS1,C1\nS1, C2 \n"
    preview(client, survey, table)
    assert not Case.objects.exists()
    bring(client, survey, table)
    bring(client, survey, "site,code\nS1,C1\nS2,C2\nS2,C3\n")
    rows = Case.objects.listed().values_list("code", "site__code", "wave__survey__code")
    assert sorted(rows) == [("C1", "S1", "ours"), ("C2", "S2", "ours"), ("C3", "S2", "ours")]


def test_whom_the_field_met_before_the_list_came_is_listed_with_the_interview(
    client: Client, site: Site, person: User
) -> None:
    version = make_version(site.survey)
    receive(version, Sender(person, case_code="C1"), psu_id="S1", age="30", works="no")
    assert not Case.objects.listed()
    bring(client, site.survey, "site,code\nS1,C1\n")
    case = Case.objects.listed().get()
    assert (case.outcome, case.attempt_count) == ("completed", 1)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("site,code\nS9,C1\n", "There is no site “S9” in this survey."),
        ("site,code\nS1,\n", "The code is blank."),
        ("site,code\nS1,C1\nS1,C1\n", "The code is that of row 2."),
        (f"site,code\nS1,{'x' * 101}\n", "longer than 100 characters"),
        ("code\nC1\n", "These columns are missing: site."),
        ("site,code,name\nS1,C1,Ann\n", "name"),
    ],
)
def test_a_list_with_faults_is_refused_in_words(
    client: Client, survey: Survey, site: Site, table: str, said: str
) -> None:
    answer = preview(client, survey, table)
    assert said in answer.content.decode()
    assert "confirm_form" not in answer.context
    assert not Case.objects.exists()


def test_a_long_list_is_read_in_a_few_questions(
    client: Client,
    survey: Survey,
    site: Site,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = "".join(f"S1,C{number}\n" for number in range(450))
    with django_assert_max_num_queries(40):  # not one a row
        preview(client, survey, f"site,code\n{rows}")


def test_a_person_s_page_shows_the_attempts_to_who_may_see_people(
    survey: Survey, field: list[Case], person: User
) -> None:
    contacts.add(field[1], Contact.Kind.PHONE, "138 0000", person)
    address = reverse("admin:surveys_case_change", args=[field[1].pk])
    shown = {
        role: text(client_in(survey, role, "north"), address)
        for role in Role
        if role != "enumerator"
    }
    assert [role for role, page in shown.items() if "Slammed" in page and "E01" in page] == [
        Role.SUPERVISOR,
        Role.COORDINATOR,
    ]
    assert [role for role, page in shown.items() if "138 0000" in page] == [Role.COORDINATOR]
    assert all("Refused" in page for page in shown.values())


def rows_of(client: Client, by: str) -> dict[str, dict[str, str]]:
    answer: Any = client.get(FILE, {"by": by})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig")
    return {row[by]: row for row in csv.DictReader(StringIO(lines))}


def test_the_rates_of_a_wave_by_site(client: Client, field: list[Case]) -> None:
    shown = text(client, OUTCOMES)
    assert "<b>26.7 %</b>" in shown  # 1 / (1 + 1 + 1 + e x 1), e = 3/4
    assert "AAPOR" in shown
    rows = rows_of(client, "site")
    assert list(rows) == ["", "S1", "S2"]
    assert (rows[""]["cases"], rows[""]["attempts"]) == ("5", "5")
    assert float(rows[""]["e"]) == 0.75
    assert float(rows[""]["rr4"]) == pytest.approx(1 / 3.75, abs=1e-6)
    assert float(rows["S1"]["rr4"]) == pytest.approx(1 / 3, abs=1e-6)
    assert float(rows["S1"]["coop2"]) == 0.5
    assert (rows["S1"]["nobody_home"], rows["S2"]["not_attempted"]) == ("1", "1")


def test_by_enumerator_and_team(client: Client, field: list[Case]) -> None:
    assert {name: row["cases"] for name, row in rows_of(client, "enumerator").items()} == {
        "": "1",  # nobody tried yet, in the place of the whole
        "E01": "4",
    }
    assert rows_of(client, "team")["north"]["attempts"] == "5"
    assert "E01" in text(client, f"{OUTCOMES}?by=enumerator")
    assert "Nobody tried yet" in text(client, f"{OUTCOMES}?by=enumerator")


def test_who_sees_which_people(survey: Survey, field: list[Case]) -> None:
    by = f"{OUTCOMES}?by=enumerator"
    assert "E01" in text(client_in(survey, Role.SUPERVISOR, "north"), by)
    assert "E01" not in text(client_in(survey, Role.SUPERVISOR, "south"), by)
    analyst = client_in(survey, Role.ANALYST)
    assert "E01" not in text(analyst, by)
    assert ">S1<" in text(analyst, by)


def test_a_wave_without_a_list_says_what_to_do(client: Client) -> None:
    assert "Import a list of people" in text(client, OUTCOMES)


def test_many_sites_are_shown_some_at_a_time(
    client: Client, survey: Survey, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(101):
        listed(make_site(survey, f"S{number:03}"), f"C{number}")
    with django_assert_max_num_queries(20):
        shown = text(client, OUTCOMES)
    assert ">S099<" in shown
    assert ">S100<" not in shown
    assert ">S100<" in text(client, f"{OUTCOMES}?after=S099")
    assert "S100" in rows_of(client, "site")


def test_an_export_has_codes_and_outcomes_and_no_contact(
    client: Client, field: list[Case], person: User
) -> None:
    contacts.add(field[1], Contact.Kind.PHONE, "138 0000", person)
    answer = client.post(
        reverse("admin:surveys_case_export"), {"format": "0", "resource": "", **EXPORTED}
    )
    lines = answer.content.decode("utf-8-sig")
    assert "ours,1,S1,C2,refused,1," in lines
    assert "138 0000" not in lines


EXPORTED = {
    f"casetable_{name}": "on"
    for name in ("survey", "wave_number", "site", "code", "outcome", "attempt_count", "last_at")
}


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("C1", ["C1"]),
        ("c5", ["C5"]),
        (" C2 ", ["C2"]),
        ("C", []),  # part of a person's code
        ("S2", ["C5"]),
        ("s1", ["C1", "C2", "C3", "C4"]),
        ("S", ["C1", "C2", "C3", "C4", "C5"]),
        ("S9", []),
    ],
)
def test_people_are_found_by_their_code_or_a_part_of_the_sites(
    client: Client, field: list[Case], word: str, found: list[str]
) -> None:
    response = client.get(reverse("admin:surveys_case_changelist"), {"q": word})
    assert [case.code for case in response.context["cl"].result_list] == found


def test_a_search_that_finds_too_many_sites_says_so(
    client: Client, field: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("admin:surveys_case_changelist")
    assert "Type more of the code" not in text(client, f"{address}?q=S")
    monkeypatch.setattr(cases, "MOST_SITES", 1)
    html = text(client, f"{address}?q=S")
    assert "More than 1 sites have “S” in their code" in html
    assert "C1</a>" in html
    assert "C5</a>" not in html

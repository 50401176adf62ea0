"""Lists of the office, turned page by page."""

import re
from html import unescape

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from surveys.admin import paging
from surveys.admin.access import SurveyModelAdmin
from surveys.admin.fieldwork import SiteAdmin
from surveys.admin.interview import InterviewAdmin
from surveys.models import Interview, Role, Site, Survey
from tests.factories import make_member, make_site, make_survey, make_user, make_version, receive
from tests.surveys.admin.office import client_in, client_of, text

SITES = reverse("admin:surveys_site_changelist")
INTERVIEWS = reverse("admin:surveys_interview_changelist")


@pytest.fixture
def survey(db: None, monkeypatch: pytest.MonkeyPatch) -> Survey:
    """With seven sites, on pages of three."""
    monkeypatch.setattr(SiteAdmin, "list_per_page", 3)
    survey = make_survey()
    for n in range(7):
        make_site(survey, f"S{n}", stratum="north" if n % 2 else "south")
    return survey


@pytest.fixture
def root(db: None) -> Client:
    return client_of(make_user("root", is_superuser=True))


def codes(html: str) -> list[str]:
    return re.findall(r">(S\d)</a>", html)


def address_of(html: str, title: str) -> str:
    """Where the button leads, blank where it leads nowhere."""
    found = re.search(rf'<a href="([^"]*)"[^>]*>{title}</a>', html)
    return SITES + unescape(found[1]) if found else ""


def turned(client: Client, address: str, title: str) -> list[list[str]]:
    """The codes on each page as one presses the button until there is none."""
    pages = []
    while address:
        html = text(client, address)
        pages.append(codes(html))
        address = address_of(html, title)
    return pages


def test_a_list_is_read_to_its_end_and_back(survey: Survey) -> None:
    client = client_in(survey)
    first = text(client, SITES)
    pages = [["S0", "S1", "S2"], ["S3", "S4", "S5"], ["S6"]]
    assert turned(client, SITES, "Next") == pages
    last = address_of(first, "Last")
    assert turned(client, last, "Previous") == [["S4", "S5", "S6"], ["S1", "S2", "S3"], pages[0]]
    assert turned(client, last, "First") == [["S4", "S5", "S6"], pages[0]]
    assert "7 sites" in first


def test_an_only_page_has_nothing_to_turn(survey: Survey) -> None:
    client = client_in(survey)
    assert ">Next</" in text(client, SITES)
    assert ">Next</" not in text(client, f"{SITES}?q=S6")


def test_pages_keep_filter_search_and_order(survey: Survey) -> None:
    address = f"{SITES}?stratum=south&q=S&o=-1"
    assert turned(client_in(survey), address, "Next") == [["S6", "S4", "S2"], ["S0"]]


@pytest.mark.parametrize("place", ["3", "nonsense", "a:b", "9" * 5000, "%00", "%FF"])
def test_an_address_that_names_no_place_shows_the_first_page(survey: Survey, place: str) -> None:
    html = text(client_in(survey), f"{SITES}?p={place}")
    assert codes(html) == ["S0", "S1", "S2"]
    assert "names no place in this list" in html


def test_a_place_of_another_order_shows_the_first_page(survey: Survey) -> None:
    client = client_in(survey)
    html = text(client, address_of(text(client, SITES), "Next") + "&o=-1")
    assert codes(html) == ["S6", "S5", "S4"]
    assert "names no place in this list" in html


def test_all_of_the_list_are_chosen_from_any_page(survey: Survey) -> None:
    client = client_in(survey)
    second = address_of(text(client, f"{SITES}?stratum=south"), "Next")
    chosen = {"action": "delete_selected", "select_across": "1", "index": "0"}
    some = Site.objects.get(code="S6").pk
    client.post(second, {**chosen, "_selected_action": some, "post": "yes"})
    assert set(Site.objects.values_list("code", flat=True)) == {"S1", "S3", "S5"}


def test_no_more_rows_are_counted_than_people_would(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "LISTED", 5)
    html = text(client_in(survey), SITES)
    assert "More than 5 sites" in html
    assert "Select all of the list" in html
    assert "Select all 5" not in html
    monkeypatch.setattr(paging, "LISTED", 7)
    assert "Select all 7 sites" in text(client_in(survey), SITES)


def test_a_million_is_not_put_in_an_order_that_no_index_has(survey: Survey) -> None:
    version = make_version(survey)
    for n in range(3):
        receive(version, psu_id=f"S{n}", age="31", works="no")
    Interview.objects.filter(site__code="S1").update(state=Interview.State.APPROVED)
    client = client_in(survey, Role.ANALYST)
    listed = [client.get(f"{INTERVIEWS}?o={n}").context["cl"] for n in ("", "1", "2", "-3.4")]
    newest = list(Interview.objects.order_by("-received_at", "-pk"))
    assert [list(cl.result_list) for cl in listed] == [newest] * 4
    column = InterviewAdmin.list_display.index("received_at")
    html = text(client, INTERVIEWS)
    assert set(re.findall(r"[?&]o=-?(\d+)", html)) == {str(column)}


def lists() -> list[str]:
    """Names of the addresses of all lists of the office."""
    return sorted(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for model, admin in site._registry.items()
        if isinstance(admin, SurveyModelAdmin)
    )


def test_every_list_is_in_the_orders_that_it_offers(root: Client, survey: Survey) -> None:
    ordered = set()
    for name in lists():
        address = reverse(name)
        offered = sorted(set(re.findall(r"[?&]o=-?(\d+)", text(root, address))))
        for direction in ("", "-") if offered else ():
            chosen = ".".join(f"{direction}{column}" for column in offered)
            listed = root.get(f"{address}?o={chosen}").context["cl"]
            ordered.add(len(listed.order.terms))
            assert {term.is_descending for term in listed.order.terms} == {bool(direction)}
    assert max(ordered) > 5


def test_people_are_listed_once_whatever_their_roles(root: Client, survey: Survey) -> None:
    person = make_member(survey, Role.ANALYST)
    for other in (make_survey(), make_survey()):
        other.memberships.create(user=person, role=Role.ANALYST)
    address = reverse("admin:surveys_user_changelist")
    for query in ("memberships__role__exact=analyst", "memberships__role__exact=analyst&o=-1.2"):
        assert list(root.get(f"{address}?{query}").context["cl"].result_list) == [person]

"""The page that everybody may read: switched on and off, and nothing on it that the rules hide."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scoring import public_pages
from scoring.dashboard.public_views import rendered
from scoring.models import EstimateSet, PublicPage
from scoring.public_pages import NothingToShow, Words
from surveys.models import Role, Survey, User
from tests.factories import make_member, make_survey, make_user
from tests.scoring.admin.people import signed_in
from tests.scoring.dashboard.rows import make_set

pytestmark = pytest.mark.django_db

PUBLIC = "/results/five/"
SETTINGS = "/admin/dashboard/public/?survey=five"
WORDS = Words("How they fare", "融入状况", "Write to <us>.", "请联系我们。")


@pytest.fixture
def coordinator(made: EstimateSet) -> User:
    return make_member(made.scheme.survey, Role.COORDINATOR, "olga")


def switch_on(made: EstimateSet, by: User) -> PublicPage:
    return public_pages.open_page(made.scheme.survey, made.scheme, WORDS, by)


def read(client: Client, address: str = PUBLIC, language: str = "en") -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_it_opens_for_everybody_while_it_is_on(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    assert client.get(PUBLIC).status_code == 404
    switch_on(made, coordinator)
    html = read(client)
    for text in ("How they fare", "Write to &lt;us&gt;.", "53.8", "50.6–57.1", "47.6%", "First"):
        assert text in html
    public_pages.close_page(made.scheme.survey, coordinator)
    for address in (PUBLIC, f"{PUBLIC}tables/profile.csv"):
        assert client.get(address).status_code == 404
        assert signed_in(coordinator).get(address).status_code == 404


def test_switched_off_its_numbers_are_gone_and_its_words_are_kept(
    made: EstimateSet, coordinator: User
) -> None:
    switch_on(made, coordinator)
    page = public_pages.close_page(made.scheme.survey, coordinator)
    assert (page.numbers, page.as_of, page.title) == ({}, None, "How they fare")


def test_nobody_is_named_and_nothing_leads_inside(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    switch_on(made, coordinator)
    html = read(client)
    assert "olga" not in html
    assert "/admin/" not in html
    assert "csrf" not in html


def test_numbers_of_people_are_rounded(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    made.estimates.filter(variable="S2", by="all").update(n=1143)
    switch_on(made, coordinator)
    for text in (read(client), read(client, f"{PUBLIC}tables/profile.csv")):
        assert "1143" not in text.replace(",", "")
        assert "1145" in text.replace(",", "")


SECRETS: dict[
    str, tuple[str, dict[str, Any]]
] = {  # what a city's number must not be read, and the ways in which it must not
    "S1": ("98.8", {"suppressed": "n<10"}),
    "S2": ("97.7", {"suppressed": "beside"}),
    "S3": ("96.6", {"flags": ["few_people"]}),
    "S4": ("95.5", {"flags": ["wide"]}),
}


def test_what_the_rules_hide_is_nowhere(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    for variable, (secret, change) in SECRETS.items():
        number = made.estimates.filter(variable=variable, by="a1", level="c02")
        number.update(estimate=float(secret) / 100, low=0.9345, high=0.9945, **change)
    switch_on(made, coordinator)
    for address in (PUBLIC, f"{PUBLIC}tables/heat.csv"):
        text = read(client, address)
        known = [secret for secret, _ in SECRETS.values()]
        assert not [each for each in (*known, "93.4", "93.5", "99.4", "99.5") if each in text]


def test_little_information_on_the_degrees_of_freedom_alone_is_shown(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    made.estimates.filter(variable="S1", by="a1", level="c02").update(
        estimate=0.98765, flags=["few_df"]
    )
    switch_on(made, coordinator)
    assert "98.8" in read(client)


def test_of_h_m0_and_a_all_are_hidden_where_one_is(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    for variable, share in (("H_1_3", 0.4321), ("M0_1_3", 0.3217), ("A_1_3", 0.7654)):
        made.estimates.update_or_create(
            variable=variable, by="all", level="all", defaults={"estimate": share, "n": 1184}
        )
    made.estimates.filter(variable="A_1_3", by="all").update(flags=["wide"])
    switch_on(made, coordinator)
    html = read(client)
    assert not [text for text in ("43.2", "0.322", "76.5") if text in html]


def test_only_the_numbers_of_the_page_are_kept(made: EstimateSet, coordinator: User) -> None:
    made.estimates.create(variable="X_s1_1", by="all", level="all", n=50, estimate=0.1)
    assert made.estimates.filter(variable="H_1_3", by="a3", level="f").exists()
    rows = switch_on(made, coordinator).numbers["rows"]
    of_groups = {row["variable"] for row in rows if row["by"] != "all"}
    assert of_groups == {"index", "S1", "S2", "S3", "S4", "S5"}
    assert not [row for row in rows if row["variable"].startswith(("X_", "interviews"))]
    assert not {row["by"] for row in rows} & {"day", "outcome"}


def test_numbers_stay_as_they_were_until_they_are_shown_anew(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    switch_on(made, coordinator)
    made.estimates.filter(variable="index", by="all").update(estimate=0.911)
    assert "91.1" not in rendered(PublicPage.objects.get())
    switch_on(made, coordinator)
    assert "91.1" in read(client)


def test_it_is_made_once_and_made_anew_with_other_words(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    switch_on(made, coordinator)
    read(client)
    with CaptureQueriesContext(connection) as queries:
        read(client)
    assert len(queries) == 1
    public_pages.reword(made.scheme.survey, Words("Another title"), coordinator)
    assert "Another title" in read(client)


def test_readers_choose_the_language_and_the_cutoff(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    switch_on(made, coordinator)
    assert "融入状况" in read(client, f"{PUBLIC}?language=zh-hans")
    assert "How they fare" in read(client, f"{PUBLIC}?language=en", "zh-hans")
    assert "请联系我们。" in read(client, PUBLIC, "zh-hans")
    for k in ("1/2", "nonsense"):
        response = client.get(PUBLIC, {"k": k, "language": "xx"})
        chosen = '<a href="?&amp;k=1%2F2" data-k="1/2" aria-current="true">'
        assert (chosen in response.content.decode()) == (k == "1/2")


def test_only_languages_of_ours_are_chosen(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    switch_on(made, coordinator)
    for language in ("fr", "xx", "../en"):
        assert client.get(PUBLIC, {"language": language})["Content-Language"] == "en"


def test_files_are_in_the_language_of_the_page(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    switch_on(made, coordinator)
    address = f"{PUBLIC}tables/profile.csv?language=zh-hans"
    assert address in read(client, f"{PUBLIC}?language=zh-hans")
    assert "经济" in read(client, address)
    assert "经济" not in read(client, address.replace("zh-hans", "en"), "zh-hans")


def test_search_engines_list_it_only_where_they_may(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    switch_on(made, coordinator)
    assert client.get(PUBLIC)["X-Robots-Tag"] == "noindex"
    public_pages.reword(made.scheme.survey, Words("T", is_listed=True), coordinator)
    response = client.get(PUBLIC)
    assert "X-Robots-Tag" not in response
    assert "noindex" not in response.content.decode()


def test_a_convenience_sample_has_no_intervals_there_either(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    Survey.objects.update(is_probability_sample=False)
    made.scheme.survey.refresh_from_db()
    switch_on(made, coordinator)
    html = read(client)
    assert "Not a probability sample" in html
    assert "50.6–57.1" not in html


def test_without_numbers_there_is_no_page(coordinator: User, made: EstimateSet) -> None:
    survey = make_survey("empty")
    empty = make_set(survey, interviews=0)
    with pytest.raises(NothingToShow):
        public_pages.open_page(survey, empty.scheme, WORDS, coordinator)
    assert not PublicPage.objects.exists()


def typed(made: EstimateSet, do: str) -> dict[str, object]:
    return {"title": "Ours", "note": "A note", "scheme": made.scheme_id, "do": do}


def test_a_coordinator_switches_it_on_rewords_it_and_switches_it_off(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    desk = signed_in(coordinator)
    assert "Nobody can read it" in desk.get(SETTINGS).content.decode()
    desk.post(SETTINGS, typed(made, "on"))
    assert "Ours" in read(client)
    desk.post(SETTINGS, {**typed(made, "words"), "title": "Theirs"})
    assert "Theirs" in read(client)
    assert "Everybody can read it" in desk.get(SETTINGS).content.decode()
    desk.post(SETTINGS, {"do": "off"})
    assert client.get(PUBLIC).status_code == 404
    assert PublicPage.objects.get().changed_by == coordinator


def test_keeping_words_shows_nothing_to_anybody(
    made: EstimateSet, coordinator: User, client: Client
) -> None:
    signed_in(coordinator).post(SETTINGS, typed(made, "words"))
    assert PublicPage.objects.get().title == "Ours"
    assert client.get(PUBLIC).status_code == 404


def test_a_look_before_shows_the_numbers_of_now(made: EstimateSet, coordinator: User) -> None:
    address = "/admin/dashboard/public/preview?survey=five"
    assert "53.8" in signed_in(coordinator).get(address).content.decode()
    assert not PublicPage.objects.exists()


def test_a_page_needs_a_title(made: EstimateSet, coordinator: User) -> None:
    response = signed_in(coordinator).post(SETTINGS, {**typed(made, "on"), "title": ""})
    assert response.status_code == 422
    assert not PublicPage.objects.exists()


def test_another_surveys_scheme_cannot_be_chosen(made: EstimateSet, coordinator: User) -> None:
    other = make_set(make_survey("other"))
    response = signed_in(coordinator).post(
        SETTINGS, {**typed(made, "on"), "scheme": other.scheme_id}
    )
    assert response.status_code == 422


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR])
def test_only_coordinators_switch_it(made: EstimateSet, role: Role) -> None:
    client = signed_in(make_member(made.scheme.survey, role))
    assert client.get(SETTINGS).status_code == 404
    assert client.post(SETTINGS, typed(made, "on")).status_code == 404
    assert SETTINGS not in client.get("/admin/").content.decode()
    root = signed_in(make_user(is_superuser=True))
    assert SETTINGS in root.get("/admin/").content.decode()

"""Lists paged by key: every row once in every order, from either end, while others come and go."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

import pytest
from django.core.signing import Signer
from django.db.models import Count, QuerySet
from django.utils import timezone

from surveys.admin.order import Order, Place, UnknownPlace
from surveys.admin.paging import END, Page, page_of
from surveys.fieldwork import current_wave
from surveys.models import Case, City, Site
from tests.factories import make_city, make_site, make_survey

pytestmark = pytest.mark.every_stack
ORDERS = (
    ("pk",),
    ("-pk",),
    ("code",),
    ("outcome",),
    ("-outcome",),
    ("due_at",),
    ("-due_at",),
    ("-last_at", "due_at"),
    ("due_at", "-outcome", "code"),
    ("wave_id", "site_id", "code"),
    ("-wave_id", "-site_id", "-code"),
    ("wave", "site", "outcome"),
    ("-site", "pk"),
    ("site__code", "-attempt_count"),
    ("site__city__code",),
    ("-site__city__average_wage", "is_listed"),
    ("tried",),
    ("-tried", "site_id"),
)


@pytest.fixture
def cases(db: None) -> "QuerySet[Case]":
    """With ties and blanks in every column that is ordered by."""
    random, now = Random(1), timezone.now()
    survey = make_survey()
    cities = [make_city("c1"), make_city("c2"), None]
    City.objects.filter(code="c1").update(average_wage="5000.50")
    sites = [make_site(survey, f"S{n}", city=cities[n % 3]) for n in range(5)]
    moments = [now + timedelta(microseconds=n) for n in range(3)]
    wave = current_wave(survey)
    Case.objects.bulk_create(
        Case(
            wave=wave,
            site=random.choice(sites),
            code=f"{random.randrange(10**6)}",
            is_listed=random.random() < 0.5,
            outcome=random.choice(("completed", "refused", "moved")),
            attempt_count=random.randrange(3),
            last_at=random.choice((*moments, None)),
            due_at=random.choice((*moments, None)),
        )
        for _ in range(40)
    )
    return Case.objects.annotate(tried=Count("attempts")).select_related("site__city")


def pages(rows: "QuerySet[Case]", order: Order, *, downwards: bool = True) -> Iterator[Page[Case]]:
    place = None if downwards else END
    while True:
        page = page_of(rows, order, place, 7)
        yield page
        place = page.next if downwards else page.previous
        if place is None:
            return
        place = order.place_in(order.written(place))


def sorted_by(rows: Sequence[Case], order: Order) -> list[Case]:
    """As Python sorts: a blank is more than anything else."""
    found = list(rows)
    for term in reversed(order.terms):
        values = {row.pk: term.value_of(row) for row in found}
        found.sort(
            key=lambda row, of=values: (
                (of[row.pk] is None, of[row.pk] or 0)  # type: ignore[misc]
                if not isinstance(of[row.pk], str)
                else (False, of[row.pk])
            ),
            reverse=term.is_descending,
        )
    return found


@pytest.mark.parametrize("names", ORDERS, ids=" ".join)
def test_every_row_is_on_one_page(cases: "QuerySet[Case]", names: tuple[str, ...]) -> None:
    order = Order.of(cases, names)
    expected = [row.pk for row in sorted_by(list(cases), order)]
    assert len(expected) == 40
    downwards = [[row.pk for row in page.rows] for page in pages(cases, order)]
    assert downwards == [expected[n : n + 7] for n in range(0, 40, 7)]
    upwards = [[row.pk for row in page.rows] for page in pages(cases, order, downwards=False)]
    assert upwards == [*(expected[n - 7 : n] for n in range(40, 5, -7)), expected[:7]]


def test_level_rows_go_the_way_of_the_column_before_them(cases: "QuerySet[Case]") -> None:
    assert [term.name for term in Order.of(cases, ("-outcome",)).terms] == ["-outcome", "-pk"]
    assert [term.name for term in Order.of(cases, ("outcome", "-pk")).terms] == ["outcome", "pk"]


def test_a_foreign_key_orders_as_its_rows_do(cases: "QuerySet[Case]") -> None:
    order = Order.of(cases, ("-site", "site__code"))
    names = [term.name for term in order.terms]
    assert names == ["-site__survey__code", "-site__code", "-pk"]


def test_rows_that_come_in_move_no_page(cases: "QuerySet[Case]") -> None:
    order = Order.of(cases, ("-pk",))
    first = page_of(cases, order, None, 7)
    expected = page_of(cases, order, first.next, 7)
    some = cases.get(pk=first.rows[0].pk)
    Case.objects.create(wave=some.wave, site=some.site, code="new")
    Case.objects.filter(pk=first.rows[-1].pk).delete()
    assert page_of(cases, order, first.next, 7) == expected


def test_going_back_to_the_beginning_shows_a_full_page(cases: "QuerySet[Case]") -> None:
    order = Order.of(cases, ("pk",))
    second = page_of(cases, order, page_of(cases, order, None, 7).next, 7)
    Case.objects.filter(pk=page_of(cases, order, None, 7).rows[0].pk).delete()
    assert page_of(cases, order, second.previous, 7) == page_of(cases, order, None, 7)


def test_where_nothing_follows_any_more_the_last_page_is_shown(cases: "QuerySet[Case]") -> None:
    order = Order.of(cases, ("pk",))
    *_, before, last = pages(cases, order)
    Case.objects.filter(pk__in=[row.pk for row in last.rows]).delete()
    shown = page_of(cases, order, before.next, 7)
    assert list(shown.rows) == list(before.rows)
    assert shown.next is None


def test_an_empty_list_has_an_empty_page(cases: "QuerySet[Case]") -> None:
    none, order = cases.none(), Order.of(cases, ("pk",))
    for place in (None, END, Place((1,))):
        assert page_of(none, order, place, 7) == Page([], None, None)


@pytest.mark.parametrize("text", ["1", "190", "x:y", "\x00", "ü" * 300, "."])
def test_what_this_server_did_not_write_is_no_place(cases: "QuerySet[Case]", text: str) -> None:
    with pytest.raises(UnknownPlace):
        Order.of(cases, ("code",)).place_in(text)


def test_a_place_is_of_one_list_and_order(cases: "QuerySet[Case]") -> None:
    order = Order.of(cases, ("code",))
    written = order.written(order.place_of(cases[0]))
    for other in (Order.of(cases, ("-code",)), Order.of(Site.objects.all(), ("code",))):
        with pytest.raises(UnknownPlace):
            other.place_in(written)
    with pytest.raises(UnknownPlace):
        order.place_in(Signer().sign_object([["code", "pk"], ["1", 1], False]))


@pytest.mark.parametrize(
    ("names", "indexable"),
    [
        (("-wave_id", "-site_id", "-code"), ["wave_id", "site_id", "code", "pk"]),
        (("code", "-wave_id"), ["code"]),
        (("code", "due_at"), ["code"]),
        (("due_at",), []),
        (("site__survey_id", "site__code", "code"), ["site__survey_id", "site__code"]),
    ],
)
def test_an_index_can_begin_where_the_page_does(
    cases: "QuerySet[Case]", names: tuple[str, ...], indexable: list[str]
) -> None:
    assert [term.path for term in Order.of(cases, names).indexable] == indexable

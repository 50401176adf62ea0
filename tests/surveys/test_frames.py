"""From a frame to sites: looked at, drawn once as it was seen, replaced in order, shared out."""

from collections import Counter
from typing import Any

import pytest

from surveys import assignments, frames, replacements
from surveys.frames import Design, NotAsSeen, SitesThere, TooHeavy, Undrawable
from surveys.models import Assignment, City, Draw, FrameUnit, Role, Site, Survey, User
from surveys.replacements import NotReplaced
from surveys.sampling.plan import Against, Allocation, Method, Plan
from tests.factories import make_city, make_enumerator, make_member, make_site, make_survey

pytestmark = pytest.mark.django_db
PLAN = Plan(Method.PPS, units=6, fewest=2, replacements=2)
DESIGN = Design(PLAN, target=10, takes_people=True)


@pytest.fixture
def survey() -> Survey:
    """Twelve units in the east, eight in the west, each with a size."""
    survey, city = make_survey("ours"), make_city("c01")
    make_units(survey, city, "east", 12)
    make_units(survey, city, "west", 8)
    return survey


def make_units(survey: Survey, city: City | None, stratum: str, count: int, **fields: Any) -> None:
    FrameUnit.objects.bulk_create(
        FrameUnit(
            survey=survey,
            code=f"{stratum[0].upper()}{number:02}",
            **{"stratum": stratum, "city": city, "size": 100 + 10 * number, **fields},
        )
        for number in range(count)
    )


@pytest.fixture
def coordinator(survey: Survey) -> User:
    return make_member(survey, Role.COORDINATOR)


def drawn(survey: Survey, by: User, design: Design = DESIGN, seed: int = 7, **more: Any) -> Draw:
    seen = frames.propose(survey, design, seed).digest
    return frames.keep(survey, design, seed, seen=seen, by=by, **more)


def test_a_sample_becomes_sites_with_their_weights(survey: Survey, coordinator: User) -> None:
    proposal = frames.propose(survey, DESIGN, 7)
    assert not survey.sites.exists()
    kept = drawn(survey, coordinator)
    sites = {site.code: site for site in survey.sites.all()}
    assert sites.keys() == {one.unit.code for one in proposal.drawn.selected}
    for one in proposal.drawn.selected:
        site, size = sites[one.unit.code], one.unit.size or 0
        assert site.design_weight == pytest.approx(1 / one.probability * size / 10)
        assert (site.stratum, site.psu, site.target) == (one.unit.stratum, site.code, 10)
        assert site.history.get().history_user == coordinator
    chances = dict(kept.units.values_list("code", "probability"))
    everybody = (*proposal.drawn.selected, *proposal.drawn.replacements)
    assert chances == {one.unit.code: one.probability for one in everybody}
    assert sum(kept.units.filter(is_reserve=False).values_list("probability", flat=True)) <= 6
    assert kept.strata["east"] == {"population": 12, "size": sum(range(100, 220, 10))}


def test_proportional_to_size_and_then_equal_weighs_everybody_the_same(
    survey: Survey, coordinator: User
) -> None:
    drawn(survey, coordinator)
    for stratum, people in (("east", 1860), ("west", 1080)):
        sites = survey.sites.filter(stratum=stratum)
        for weight in sites.values_list("design_weight", flat=True):
            assert weight == pytest.approx(people / (sites.count() * 10))


def test_without_people_a_weight_is_sites(survey: Survey, coordinator: User) -> None:
    design = Design(Plan(Method.SIMPLE, units=5, allocation=Allocation.PROPORTIONAL), target=4)
    kept = drawn(survey, coordinator, design)
    for unit in kept.units.filter(is_reserve=False):
        assert unit.weight == pytest.approx(1 / unit.probability)
    assert dict(Counter(survey.sites.values_list("stratum", flat=True))) == {"east": 3, "west": 2}


def test_the_same_seed_draws_the_same_again(survey: Survey, coordinator: User) -> None:
    assert frames.propose(survey, DESIGN, 7).digest == frames.propose(survey, DESIGN, 7).digest
    assert frames.propose(survey, DESIGN, 7).digest != frames.propose(survey, DESIGN, 8).digest


def test_nothing_is_drawn_but_what_was_seen(survey: Survey, coordinator: User) -> None:
    seen = frames.propose(survey, DESIGN, 7).digest
    survey.frame_units.filter(code="E03").update(size=9000)
    with pytest.raises(NotAsSeen):
        frames.keep(survey, DESIGN, 7, seen=seen, by=coordinator)
    assert not Draw.objects.exists()
    assert not survey.sites.exists()


def test_sites_that_are_there_change_only_where_somebody_says_so(
    survey: Survey, coordinator: User
) -> None:
    code = frames.propose(survey, DESIGN, 7).drawn.selected[0].unit.code
    there = make_site(survey, code, target=3, design_weight=2.5)
    with pytest.raises(SitesThere, match=f"1 of the drawn units are sites already: {code}"):
        drawn(survey, coordinator)
    drawn(survey, coordinator, takes_over=True)
    there.refresh_from_db()
    assert (there.target, there.design_weight == 2.5) == (10, False)
    assert there.history.count() == 2


def test_another_draw_leaves_the_first_as_it_was(survey: Survey, coordinator: User) -> None:
    first = drawn(survey, coordinator)
    before = list(first.units.values())
    second = drawn(survey, coordinator, seed=8, takes_over=True)
    assert (first.number, second.number) == (1, 2)
    assert list(first.units.values()) == before


def test_a_draw_keeps_what_the_frame_was(survey: Survey, coordinator: User) -> None:
    kept = drawn(survey, coordinator)
    survey.frame_units.all().delete()
    unit = kept.units.get(number=1)
    assert (
        replacements.replace(kept, unit, "flooded", by=coordinator).by_unit.stratum == unit.stratum
    )


@pytest.mark.parametrize(
    ("design", "code"),
    [
        (Design(Plan(Method.SIMPLE, units=99)), Against.TOO_MANY),
        (Design(Plan(Method.SIMPLE, units=1)), Against.TOO_FEW),
        (Design(Plan(Method.PPS, units=4)), Against.NO_SIZE),
        (Design(Plan(Method.SIMPLE, units=4), target=5, takes_people=True), Against.NO_SIZE),
        (Design(Plan(Method.SIMPLE, units=4), takes_people=True), Against.BAD_COUNT),
    ],
)
def test_what_cannot_be_drawn_is_refused(survey: Survey, design: Design, code: Against) -> None:
    make_units(survey, None, "north", 1, size=None)
    with pytest.raises(Undrawable) as refused:
        frames.propose(survey, design, 7)
    assert code in {fault.code for fault in refused.value.faults}


def test_a_weight_that_nobody_believes_is_refused(survey: Survey, coordinator: User) -> None:
    survey.frame_units.update(size=1e12)
    with pytest.raises(TooHeavy):
        drawn(survey, coordinator)
    assert not survey.sites.exists()


def test_replacements_come_in_order_with_the_work_of_those_who_went(
    survey: Survey, coordinator: User
) -> None:
    kept = drawn(survey, coordinator)
    unit = kept.units.filter(stratum="east", is_reserve=False)[0]
    waiting = list(kept.units.filter(stratum="east", is_reserve=True).order_by("place"))
    assert unit.site
    person = make_enumerator(unit.site, "E1")
    assert replacements.next_for(kept, unit) == waiting[0]
    first = replacements.replace(kept, unit, " demolished ", by=coordinator)
    assert (first.by_unit, first.reason) == (waiting[0], "demolished")
    work = dict(Assignment.objects.filter(enumerator=person).values_list("site__code", "is_active"))
    assert work == {unit.code: False, waiting[0].code: True}
    targets = dict(survey.sites.values_list("code", "target"))
    assert (targets[unit.code], targets[waiting[0].code]) == (0, 10)
    second = replacements.replace(kept, waiting[0], "closed", by=coordinator)
    assert (second.by_unit, second.original) == (waiting[1], unit)
    field = set(replacements.in_the_field(kept).values_list("code", flat=True))
    assert waiting[1].code in field
    assert not field & {unit.code, waiting[0].code}


def test_who_worked_at_the_site_that_comes_in_works_there_again(
    survey: Survey, coordinator: User
) -> None:
    kept = drawn(survey, coordinator)
    unit = kept.units.get(number=1)
    assert unit.site
    person = make_enumerator(unit.site, "E1")
    unit.site.assignments.update(target=10)
    there = make_site(survey, replacements.next_for(kept, unit).code)
    Assignment.objects.create(site=there, enumerator=person, is_active=False)
    replacements.replace(kept, unit, "closed", by=coordinator)
    again = there.assignments.get()
    assert (again.is_active, again.target) == (True, 10)


def test_nobody_comes_in_out_of_order(survey: Survey, coordinator: User) -> None:
    kept = drawn(survey, coordinator)
    unit = kept.units.filter(stratum="west", is_reserve=False)[0]
    waiting = kept.units.filter(stratum="west", is_reserve=True).order_by("place")
    with pytest.raises(NotReplaced, match="Say why"):
        replacements.replace(kept, unit, " ", by=coordinator)
    with pytest.raises(NotReplaced, match="not among the sites"):
        replacements.replace(kept, waiting[0], "far", by=coordinator)
    replacements.replace(kept, unit, "far", by=coordinator)
    with pytest.raises(NotReplaced, match="replaced already"):
        replacements.replace(kept, unit, "far", by=coordinator)
    replacements.replace(kept, waiting[0], "far", by=coordinator)
    with pytest.raises(NotReplaced, match="No replacement is left"):
        replacements.replace(kept, waiting[1], "far", by=coordinator)


def test_sites_are_spread_evenly_over_people(survey: Survey, coordinator: User) -> None:
    drawn(survey, coordinator)
    people = [make_member(survey, Role.ENUMERATOR, f"E{number}") for number in range(4)]
    taken = survey.sites.order_by("code")[0]
    worker = make_enumerator(taken, "E9")
    Assignment.objects.create(
        site=survey.sites.order_by("code")[1], enumerator=people[0], is_active=False
    )
    sites = Site.objects.filter(survey=survey)
    assert assignments.spread(survey, sites, people, by=coordinator) == 5
    active = Assignment.objects.filter(site__survey=survey, is_active=True)
    assert sorted(
        Counter(active.exclude(enumerator=worker).values_list("enumerator")).values()
    ) == [1, 1, 1, 2]
    assert set(active.exclude(enumerator=worker).values_list("target", flat=True)) == {10}
    assert active.get(site=taken).enumerator == worker
    assert assignments.spread(survey, sites, people, by=coordinator) == 0

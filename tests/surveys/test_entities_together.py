"""Many devices at once about one entry: every change becomes a version, none is lost or doubled."""

from functools import partial

import pytest

from surveys import entity_lists
from surveys.models import Case, Entity, EntityChange, EntityList, Site, User, Wave
from tests.scoring.test_concurrency import together
from tests.surveys import panel
from tests.surveys.panel import entering, send, visiting

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT_ONCE = 8


@pytest.fixture
def field() -> tuple[Site, User]:
    return panel.begin()


def test_changes_at_once_are_versions_one_after_the_other(field: tuple[Site, User]) -> None:
    site, person = field
    sent = [entering("p-1", phone="1")]
    sent += [visiting("p-1", base=n, branch="b", phone=str(n + 1)) for n in range(1, AT_ONCE)]

    def deliver(xml: bytes) -> None:
        send(xml, site, person)

    together(*(partial(deliver, xml) for xml in reversed(sent)))
    entry = panel.entity(site, "p-1")
    assert (entry.version, entry.data["phone"], entry.conflict) == (AT_ONCE, str(AT_ONCE), "")
    versions = entry.changes.order_by("version").values_list("version", flat=True)
    assert list(versions) == list(range(1, AT_ONCE + 1))


def test_devices_that_fetch_at_once_bring_a_list_up_to_date_once(
    field: tuple[Site, User],
) -> None:
    site, person = field
    wave = Wave.objects.create(survey=site.survey, number=1)
    Case.objects.bulk_create(Case(wave=wave, site=site, code=f"A{n}") for n in range(50))
    cases = entity_lists.of_survey(site.survey, "cases")
    tables = []

    def fetch() -> None:
        tables.append(entity_lists.table_for(EntityList.objects.get(pk=cases.pk), person))

    together(*[fetch] * AT_ONCE)
    assert {len(table.rows) for table in tables} == {50}
    assert Entity.objects.count() == EntityChange.objects.count() == 50

"""A survey as large as a province: the demo, and copies of its interviews over many sites.

Of the copies' XML, which nothing that is measured reads, only a few bytes are kept.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tests.bench.house import installation, write
from tests.servers import postgres

if TYPE_CHECKING:
    from django.db.models import Model

STORED = 1_000_000
SITE = 100  # interviews a site
STRATA = 10  # of each of the demo's


def asked_for(usual: int = STORED) -> int:
    """How many interviews to store, as the command says."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else usual


@contextmanager
def province(
    stored: int,
    *,
    per_site: int = SITE,
    kept: Path | None = None,
    furnish: "Furnish | None" = None,
) -> Iterator[None]:
    """The survey on PostgreSQL with so many interviews, Django set up for it.

    With `kept`, a folder, it is filled once and opened as it is afterwards. `furnish` makes what there is
    besides: before the copies, and after them.
    """
    data, whole = (kept / "postgres", kept / "whole") if kept else (None, None)
    if data and whole and not whole.exists():
        shutil.rmtree(data, ignore_errors=True)  # of a time that was cut off
    with installation(kept=kept), postgres(kept=data) as url:
        os.environ["DATABASE_URL"] = url
        import django  # noqa: PLC0415  # settings come from the environment above

        django.setup()
        if whole is None or not whole.exists():
            build(stored, per_site, furnish)
        if whole:
            whole.touch()
        yield


class Furnish(Protocol):
    """What a survey has besides its interviews."""

    def before(self) -> None:
        """While these are the demo's."""

    def after(self) -> None:
        """Once all sites are there."""


def build(stored: int, per_site: int, furnish: Furnish | None = None) -> None:
    """The demo, and copies of its interviews in sites of their own."""
    from django.core.management import call_command  # noqa: PLC0415

    from surveys import demo  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    for _ in demo.load(demo.build()):
        pass
    add_scheme()
    if furnish is not None:
        furnish.before()
    with timed("copied", stored=stored):
        copy(stored, per_site)
    if furnish is not None:
        furnish.after()


def copy(stored: int, per_site: int) -> None:
    """Interview k of the copies is like interview k mod 1200, in site k / `per_site` of its stratum."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement, {"stored": stored, "site": per_site, "strata": STRATA})


ORIGINAL = """CREATE TEMP TABLE original AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS k, id, site_id, current_id FROM surveys_interview"""
PLACE = """CREATE TEMP TABLE place AS
    SELECT c.k, c.k / %(site)s AS number, o.id, o.site_id, o.current_id
    FROM generate_series(0, %(stored)s - 1201) AS c(k)
    JOIN original o ON o.k = (c.k / %(site)s * 20 + c.k %% 20) %% 1200"""
SPOT = """CREATE TEMP TABLE spot AS
    SELECT DISTINCT ON (number) number, site_id FROM place ORDER BY number, k"""
ASSIGNED = """INSERT INTO surveys_assignment (site_id, enumerator_id, target, is_active)
    SELECT s.id, u.id, 0, true FROM surveys_site s JOIN surveys_user u ON u.username LIKE 'E%%'
    WHERE s.code LIKE 'copy%%'"""
CURRENT = """UPDATE surveys_interview i SET current_id = s.id FROM surveys_submission s
    WHERE s.interview_id = i.id AND i.root_uuid LIKE 'uuid:copy-%%'"""


def statements() -> Iterator[str]:
    from surveys.models import Interview, Site, Submission  # noqa: PLC0415

    yield from (ORIGINAL, PLACE, SPOT)
    yield insert(
        Site,
        "spot p JOIN surveys_site o ON o.id = p.site_id",
        code="'copy' || p.number",
        psu="'copy' || p.number",
        stratum="o.stratum || (p.number %% %(strata)s)",
        design_weight="1.5",
        target="%(site)s",
    )
    yield ASSIGNED
    yield insert(
        Interview,
        """place p JOIN surveys_interview o ON o.id = p.id
        JOIN surveys_site s ON s.code = 'copy' || p.number ORDER BY p.k""",
        root_uuid="'uuid:copy-' || p.k",
        site_id="s.id",
        current_id="NULL",
    )
    yield insert(
        Submission,
        """place p JOIN surveys_submission o ON o.id = p.current_id
        JOIN surveys_interview i ON i.root_uuid = 'uuid:copy-' || p.k""",
        interview_id="i.id",
        instance_id="i.root_uuid",
        xml="'copy'",
        xml_sha256="''",
    )
    yield from (CURRENT, "ANALYZE")


def insert(model: "type[Model]", source: str, **given: str) -> str:
    """Rows like `o` of a source, but for the columns that are given."""
    columns = [str(one.column) for one in model._meta.concrete_fields if not one.primary_key]
    values = ", ".join(given.get(column, f"o.{column}") for column in columns)
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {values} FROM {source}"  # noqa: S608
    )


def add_scheme() -> None:
    from scoring import schemes  # noqa: PLC0415
    from surveys.models import Survey  # noqa: PLC0415

    survey = Survey.objects.get()
    document = schemes.five_standards()
    scheme = schemes.add(survey, document, document["default_weights"], is_default=True)
    survey.schemes.exclude(pk=scheme.pk).delete()  # one is measured


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def timed(name: str, **more: object) -> Iterator[None]:
    start = time.perf_counter()
    yield
    write(name=name, seconds=round(time.perf_counter() - start, 2), **more)

"""`make bench-sizes`: what interviews take in PostgreSQL, table by table, on the disk; COUNT= says of how many.

They are the demo's, each with its whole XML and its log, scored, and nothing is left over of rows that are gone
(in use, autovacuum lets about a fifth more lie there). Files beside them are not in the database. What the first scoring costs
is told too, as the processor works for Django and for PostgreSQL.
"""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.bench.console import backend
from tests.bench.house import write
from tests.bench.province import asked_for, province

STORED = 100_000
LEAST = 0.001  # of all, for a line of its own
WHOLE_XML = """UPDATE surveys_submission s SET xml = o.xml, xml_sha256 = o.xml_sha256
    FROM (SELECT row_number() OVER (ORDER BY id) - 1 AS k, xml, xml_sha256 FROM surveys_submission
          WHERE xml <> 'copy') o
    WHERE s.xml = 'copy' AND o.k = s.id % (SELECT count(*) FROM surveys_submission WHERE xml <> 'copy')"""
SIZES = """SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC"""
INDEXES = """SELECT indexrelid::regclass::text, pg_relation_size(indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indrelid AND relnamespace = 'public'::regnamespace
    ORDER BY 2 DESC LIMIT 20"""


class Table(NamedTuple):
    name: str
    rows: int  # bytes of rows, with what of them lies outside the table (TOAST)
    indexes: int  # bytes


def main() -> None:
    stored = asked_for(STORED)
    with province(stored):
        judge(stored)
        tables = list(measured())
        whole = Table("all", sum(t.rows for t in tables), sum(t.indexes for t in tables))
        for table in (*tables, whole):
            if table.rows + table.indexes >= LEAST * (whole.rows + whole.indexes):
                tell(table, stored)
        for name, size in asked(INDEXES):
            write(name=name, bytes_an_interview=round(size / stored, 1))


def judge(stored: int) -> None:
    """What workers would have made of it, and rows as vacuum leaves them at its best."""
    from django.db import connection  # noqa: PLC0415

    from scoring import pipeline  # noqa: PLC0415
    from surveys import tallies  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(WHOLE_XML)
    before = time.process_time() + backend()
    pipeline.catch_up()
    worked = time.process_time() + backend() - before
    write(name="judged", stored=stored, cpu_us_an_interview=round(worked / stored * 1e6, 1))
    tallies.refresh_all()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL ANALYZE")


def measured() -> Iterator[Table]:
    yield from (Table(*row) for row in asked(SIZES))


def asked(sql: str) -> list[Any]:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def tell(table: Table, stored: int) -> None:
    write(
        name=table.name,
        stored=stored,
        rows=round(table.rows / stored, 1),
        indexes=round(table.indexes / stored, 1),
        bytes_an_interview=round((table.rows + table.indexes) / stored, 1),
    )


if __name__ == "__main__":
    main()

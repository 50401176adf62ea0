"""`$filter` of the feed for Excel and others, put to the database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.test import override_settings

from tests.factories import make_interview, make_site, make_survey, make_version
from tests.fuzz.target import Target, Try
from tests.surveys.api.odata.reader import reader

WORDS = (
    *("eq", "ne", "gt", "ge", "lt", "le", "in", "and", "or", "not", "contains(", "startswith("),
    *("endswith(", "null", "true", "age", "works", "site", "received", "interview_id", "'yes'"),
    *("2026-11-28T00:00:00Z", "9999-12-31T23:59:59+14:00", "1e999", "''", "(", ")", ","),
)
ANSWERED = (200, 400, 501)


def examples() -> Sequence[bytes]:
    return [
        b"age eq 30.0",
        b"(works eq 'yes' or works eq 'no') and not (age gt 9)",
        b"works in ('yes','rf') and contains(works,'e') or hours ne null",
        b"site eq 'O''Hara' and received le 9999-12-31T23:59:59.9Z",
        b"interview_id eq 'uuid:1' and state eq 'submitted'",
    ]


@contextmanager
def opened() -> Iterator[Try]:
    version = make_version(make_survey())
    site = make_site(version.questionnaire.survey, "S1")
    make_interview(site, version, age="30")
    asker = reader(version)

    def tried(content: bytes) -> None:
        with transaction.atomic():
            asked = {"$filter": content.decode("utf-8", "replace")}
            response = asker.client.get(f"{asker.root}interviews", asked)
            assert response.status_code in ANSWERED, response.content[:300]
            assert response.json()
            transaction.set_rollback(True)

    with override_settings(API_REQUESTS_A_MINUTE=1_000_000):
        yield tried


TARGET = Target(opened, examples, WORDS, is_stored=True, count=6_000)

"""The API asked by schemathesis as its own description says, and as it does not; answers are held against it.

Every operation is asked in an installation with data, by a program that may do everything: with keys of rows that are
there, with any keys, and with what the description does not allow.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api import api
from tests.access.world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
AT_ONCE = 100_000  # requests a minute


def differences(world: World, number: int, count: int) -> list[str]:
    """What was answered otherwise than it is described, by operation; `count` requests of each kind."""
    document: Any = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
    document.app = closing(get_wsgi_application())
    found = []
    with override_settings(API_REQUESTS_A_MINUTE=AT_ONCE), connections_kept():
        for operation in (result.ok() for result in document.get_all_operations()):
            for cases in kinds(operation, world):
                try:
                    _ask(cases, number, count)
                except Exception as error:  # the first of each is told
                    found.append(f"{operation.label}: {error}")
    return found


@contextmanager
def connections_kept() -> Iterator[None]:
    """As Django's own client does: requests here are part of a transaction that goes on."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def closing(application: Any) -> Any:
    """A server that closes what it has sent, as servers do."""

    def served(environ: Any, start: Any) -> list[bytes]:
        answer = application(environ, start)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return served


def kinds(operation: Any, world: World) -> Iterator[SearchStrategy[Any]]:
    token = {"Authorization": f"Bearer {world.tokens['C']}"}
    names = [one.name for one in operation.path_parameters]
    there = {name: world.parts[name] for name in names if name in world.parts}
    yield operation.as_strategy(GenerationMode.POSITIVE, path_parameters=there, headers=token)
    yield operation.as_strategy(GenerationMode.POSITIVE, headers=token)
    yield operation.as_strategy(GenerationMode.NEGATIVE)
    if operation.query or operation.body:
        yield operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=there, headers=token)


def _ask(cases: SearchStrategy[Any], number: int, count: int) -> None:
    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def asked(case: Any) -> None:
        with transaction.atomic():
            case.call_and_validate(checks=CHECKS)
            transaction.set_rollback(True)

    asked()

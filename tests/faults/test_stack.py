"""The parts are joined as production joins them."""

from urllib.parse import urlsplit

import pytest

from tests.faults.stack import cabled, postgres
from tests.servers import scratch_folder


def test_keys_are_on_postgresql_and_cut_off_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "KEYS_URL"):  # as they were, afterwards
        monkeypatch.setenv(name, "sqlite:///none")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6379/0")
    with scratch_folder() as scratch:
        postgres(scratch)
        _, there = cabled(scratch)
    data, keys = (urlsplit(there[name]) for name in ("DATABASE_URL", "KEYS_URL"))
    assert (keys.scheme, keys.port) == ("postgres", data.port)
    assert keys.path != data.path

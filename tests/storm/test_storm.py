"""Two days of the storm: one after which nothing may be lost, and one of a phone that forgets, which must show."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.storm.house import storm

pytestmark = [pytest.mark.slow, pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SEED, CALM, FORGETFUL = 1, 53, 58


def test_what_was_called_saved_is_there_and_what_is_forgotten_is_found(
    browser: Browser, environment: dict[str, str], tmp_path: Path
) -> None:
    database = {name: environment[name] for name in ("DATABASE_URL", "KEYS_URL")}
    with storm(SEED, browser.browser_type, tmp_path, database, releases=1) as campaign:
        calm = campaign.play(CALM)
        assert calm.found == [], calm.done
        assert calm.counted["saved"]
        campaign.phone.is_forgetful = True
        forgetful = campaign.play(FORGETFUL)
        assert forgetful.found, forgetful.done
        assert campaign.server.errors() == 0

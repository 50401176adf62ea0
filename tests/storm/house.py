"""Everything that a campaign needs, standing for as long as it lasts."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import BrowserType

from tests.conftest import browser_program
from tests.storm.campaign import Campaign
from tests.storm.network import network
from tests.storm.phone import Phone
from tests.storm.release import RELEASES, make
from tests.storm.server import server


@contextmanager
def storm(
    seed: int,
    chromium: BrowserType,
    folder: Path,
    given: Mapping[str, str],
    releases: int = RELEASES,
) -> Iterator[Campaign]:
    """A campaign on Django's database, which `given` names for other processes."""
    made = [folder / f"release-{number}" for number in range(releases)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make, made, range(releases)))
    with ExitStack() as ending:
        web = ending.enter_context(server(made, given, folder / "gunicorn.log"))
        way = ending.enter_context(network(web.address))
        phone = Phone(chromium, browser_program(), folder / "profile", way.address)
        phone.start()
        ending.callback(phone.switch_off)
        yield Campaign(seed, phone, web, way, folder)

"""`.env.example` offers the settings that the code reads."""

import re
from pathlib import Path

from tests.test_docs import ENV_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
OF_COMPOSE = {
    "SITE_NAME",
    "POSTGRES_PASSWORD",
    "CERTIFICATES",
    "WEB_CONCURRENCY",
    "SCORING_PROCESSES",
}


def read(*path: str) -> str:
    return ROOT.joinpath(*path).read_text("utf-8")


def test_the_example_offers_every_setting_and_no_other() -> None:
    offered = re.findall(r"^#?([A-Z_]+)=", read(".env.example"), re.MULTILINE)
    settings = set(ENV_VARIABLE.findall(read("config", "settings.py")))
    assert len(offered) == len(set(offered))
    assert set(offered) == settings | OF_COMPOSE


def test_the_example_holds_no_secret() -> None:
    secrets = re.findall(r"^#?(\w*(?:KEY|PASSWORD)\w*)=(.*)$", read(".env.example"), re.MULTILINE)
    assert [name for name, value in secrets if value] == []

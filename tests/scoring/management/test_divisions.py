"""Commands that are asked for groups name those there are."""

import pytest
from django.core.management import CommandError, call_command

from scoring import schemes
from tests.factories import make_survey
from tests.scoring.test_pipeline import SMALL_SCHEME

pytestmark = pytest.mark.django_db
ANYWAY = {"compare": "", "explain": ", all", "indicators": ", all, day, outcome, version"}


@pytest.mark.parametrize("command", ANYWAY)
def test_an_unknown_way_to_divide_people_is_refused_with_those_there_are(command: str) -> None:
    schemes.add(make_survey("few"), SMALL_SCHEME, "equal", is_default=True)
    asked = ["--survey", "few", "--by", "city"]
    with pytest.raises(CommandError) as refused:
        call_command(command, *asked, *(["--variable", "index"] if command == "explain" else []))
    assert str(refused.value) == (
        f"There is no way to divide people called “city”. There are: stratum{ANYWAY[command]}."
    )


@pytest.mark.parametrize("by", ["", "all", "day", "stratum"])
def test_indicators_of_what_there_is_are_printed(
    by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    schemes.add(make_survey("few"), SMALL_SCHEME, "equal", is_default=True)
    call_command("indicators", "--survey", "few", "--by", by, "--json")
    assert capsys.readouterr().out == "[]\n"

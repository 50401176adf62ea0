"""ODK Collect's own engine says what we say, except where it is written down that it does not."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.javarosa import forms, oracle
from tests.surveys.formlogic.cases import SUITES

pytestmark = [
    pytest.mark.javarosa,
    pytest.mark.skipif(not oracle.is_here(), reason="there is no Java with a compiler here"),
]
KNOWN = json.loads((forms.FOLDER / "known_differences.json").read_text("utf-8"))
EXPECTED: Mapping[str, str] = {
    asked: answer for answers in KNOWN.values() for asked, answer in answers.items()
}
LEAST_AGREED = 240


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[forms.Asked, str]:
    folder = tmp_path_factory.mktemp("forms")
    household = forms.household_form()
    shared = forms.shared_form(SUITES[forms.SHARED])
    (folder / f"{forms.SHARED}.xml").write_text(shared, "utf-8")
    (folder / "household.xml").write_text(household, "utf-8")
    asked = [*forms.household_questions(household), *forms.shared_questions()]
    lines = [(_file(folder, one), one.node, one.expression) for one in asked]
    return dict(zip(asked, oracle.answers(lines, forms.ZONE), strict=True))


def _file(folder: Path, asked: forms.Asked) -> Path:
    return folder / f"{asked.form}.xml"


def differing(answers: Mapping[forms.Asked, str]) -> dict[str, str]:
    """Answers that are not ours; what JavaRosa refuses to answer is no opinion."""
    return {
        f"{asked.node}: {asked.expression}": answer.removeprefix("=")
        for asked, answer in answers.items()
        if answer.startswith("=") and answer != f"={asked.ours}"
    }


def test_it_differs_only_where_that_is_known(answers: dict[forms.Asked, str]) -> None:
    assert differing(answers) == EXPECTED


def test_it_has_an_opinion_on_most(answers: dict[forms.Asked, str]) -> None:
    opinions = Counter(answer == f"={asked.ours}" for asked, answer in answers.items())
    assert opinions[True] > LEAST_AGREED

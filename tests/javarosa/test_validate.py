"""ODK Validate accepts what devices get: the XML of each form, byte for byte as it is served."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from surveys import questionnaires, tokens
from surveys.models import Role
from tests.collect.fieldwork import FORM
from tests.factories import (
    DATA,
    SMALL_FORM,
    make_member,
    make_survey,
    rich_files,
    rich_form,
    workbook,
)
from tests.javarosa import oracle
from tests.surveys.xforms.sealing import key_pair, public_key

INSTRUMENTS = Path(questionnaires.__file__).parent / "instruments"
MARKET_FILES = {"suppliers.csv": b"code,title,town\n1,Wang,x\n", "logo.png": b"logo"}
BROKEN = "broken.xml"
ACCEPTED = ">> Xform is valid!"

pytestmark = [pytest.mark.javarosa, pytest.mark.django_db]


def forms() -> Iterator[tuple[str, bytes, Mapping[str, bytes]]]:
    """Every questionnaire that comes with the project, and forms of its tests, of which `rich` holds
    whatever XLSForm has and works here: name, workbook, files.
    """
    for path in INSTRUMENTS.glob("*.xlsx"):
        yield path.stem, path.read_bytes(), {}
    yield "rich", workbook(rich_form()), rich_files()
    tables = {"small": SMALL_FORM, "visit": FORM, "encrypted": encrypted()}
    tables |= {path.stem: path.read_text("utf-8") for path in (DATA / "forms").glob("*.md")}
    for name, table in tables.items():
        yield name, workbook(table), MARKET_FILES if name == "market" else {}


def encrypted() -> str:
    return SMALL_FORM.replace(
        "| version        | default_language    |",
        "| version | default_language | public_key |",
    ).replace(
        "| 1              | en (en)             |", f"| 1 | en (en) | {public_key(key_pair())} |"
    )


def served(book: bytes, files: Mapping[str, bytes]) -> bytes:
    """What a device gets of a form, once it is published."""
    survey = make_survey()
    coordinator = make_member(survey, Role.COORDINATOR)
    version = questionnaires.publish(book, survey, files=files)
    (issued,) = tokens.issue([coordinator], survey, by=coordinator)
    address = reverse("openrosa_form", args=(issued.clear, survey.code, version.pk))
    return Client().get(address).content


@pytest.fixture
def java() -> None:
    if shutil.which("java") is not None:
        return
    if os.environ.get("CI"):
        pytest.fail("There is no Java here, without which nobody knows whether forms are valid.")
    pytest.skip("There is no Java here.")


@pytest.mark.usefixtures("java")
def test_every_form_is_valid_as_it_is_served(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    for name, book, files in forms():
        (tmp_path / f"{name}.xml").write_bytes(served(book, files))
    small = (tmp_path / "small.xml").read_bytes()
    (tmp_path / BROKEN).write_bytes(
        small.replace(b'"string(', b'"strong(').replace(b"&lt;=", b"&lt;=(")
    )
    said = oracle.validate(tmp_path)
    refused = {name: words for name, words in said.items() if ACCEPTED not in words}
    assert list(refused) == [BROKEN], refused
    assert "mismatched brackets" in refused[BROKEN]
    assert len(said) >= 9

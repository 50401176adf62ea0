"""What cannot be judged or weighed by is refused with the place named, whichever way it comes in."""

import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from scoring import schemes, weights
from scoring.maths.scheme import SchemeError
from scoring.maths.weighting import WeightingError
from scoring.models import Scheme
from scoring.publishing import BadJudgement
from surveys import questionnaires
from surveys.fieldwork import current_wave
from surveys.models import Case, QuestionnaireVersion, Role, Site, Survey, Weight, WeightVersion
from tests.factories import (
    make_interview,
    make_member,
    make_site,
    make_survey,
    make_version,
)
from tests.scoring.test_pipeline import SMALL_SCHEME
from tests.scoring.workbooks.books import book

pytestmark = pytest.mark.django_db

HEADINGS = "survey,code,stratum,psu,design_weight"


@pytest.fixture
def survey() -> Survey:
    """Two people in stratum a, one in b, and a scheme that judges them."""
    survey = make_survey("bad")
    version = make_version(survey)
    schemes.add(survey, SMALL_SCHEME, "equal", is_default=True)
    a, b = make_site(survey, "A1", stratum="a"), make_site(survey, "B1", stratum="b")
    for site in (a, a, b):
        make_interview(site, version)
    return survey


# A scheme


def item(**changed: object) -> dict[str, Any]:
    """The small scheme under another name, with another item."""
    judged = {**SMALL_SCHEME["items"][0], **changed}
    kept = {key: value for key, value in judged.items() if value is not None}
    return {**SMALL_SCHEME, **weighted({"W": 10_000}), "items": [kept]}


def weighted(points: Mapping[str, object], name: str = "new") -> dict[str, Any]:
    return {**SMALL_SCHEME, "weights": {name: points}, "default_weights": name}


def divided_by(design: str) -> dict[str, Any]:
    return {
        **weighted({"W": 10_000}),
        "disaggregations": [{**SMALL_SCHEME["disaggregations"][0], "design": design}],
    }


def ordered(survey: Survey, document: Mapping[str, Any], folder: Path) -> str:
    """What `manage.py scheme` says of the document, which it refuses."""
    file = folder / "scheme.json"
    file.write_text(json.dumps(document), "utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("scheme", str(file), survey=survey.code, stdout=StringIO())
    assert survey.schemes.count() == 1
    return str(refused.value)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (weighted({"W": 9_999}), "/weights/new: the weights add up to 9999; make it 10000."),
        (weighted({}), "/weights/new: the weights add up to 0; make it 10000."),
        (weighted({"W": -1}), "/weights/new/W: give a whole number from 0 to 10000."),
        (weighted({"W": "all"}), "/weights/new/W: give a whole number from 0 to 10000."),
        (item(question=None), "/items/0: add “question”."),
        (item(question=""), "/items/0/question: give a text."),
        (item(question="nowhere"), "does not ask these questions exactly once: nowhere"),
        (item(scores={"yes": 13}), "/items/0/scores/yes: give a whole number from 0 to 12."),
        (item(scores={"yes": -1}), "/items/0/scores/yes: give a whole number from 0 to 12."),
        (
            item(question="hours", scores=None, bands=[[40, 12], [None, 12.5]]),
            "/items/0/bands/1/1: give a whole number from 0 to 12.",
        ),
        (item(cutoff=13), "/items/0/cutoff: give a whole number from 0 to 12."),
        (divided_by("nowhere"), "/disaggregations/0/design"),
    ],
)
def test_a_scheme_document_is_refused_at_its_place(
    survey: Survey, document: dict[str, Any], said: str, tmp_path: Path
) -> None:
    assert said in ordered(survey, document, tmp_path)


@pytest.mark.parametrize(
    ("cells", "place", "said"),
    [
        ({"weights!B2": "49.99"}, "weights!B1", "add up to 99.99"),
        ({"weights!B2": "-50"}, "weights!B2", "no weight below zero"),
        ({"weights!B2": "-10", "weights!B3": "110"}, "weights!B2", "no weight below zero"),
        ({"weights!B2": "half"}, "weights!B2", "no number"),
        ({"indicators!B2": ""}, "indicators!B2", "Fill in `question`"),
        ({"indicators!B2": "nowhere"}, "indicators!B2", "has no `nowhere`"),
        ({"choices!E4": "13"}, "choices!E4", "0 to 12"),
        ({"choices!E4": "-1"}, "choices!E4", "0 to 12"),
        ({"indicators!E3": "<45:12 else:15"}, "indicators!E3", "0 to 12"),
        ({"indicators!D2": "13"}, "indicators!D2", "0 to 12"),
    ],
)
def test_a_scheme_in_a_workbook_is_refused_at_its_cell(
    cells: dict[str, str], place: str, said: str
) -> None:
    with pytest.raises(BadJudgement) as refused:
        questionnaires.publish(book(cells), make_survey())
    assert f" {place}: " in str(refused.value)
    assert said in str(refused.value)
    assert not Scheme.objects.exists()
    assert not QuestionnaireVersion.objects.exists()


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (weighted({"W": 10_000}, "two words"), "/weights: "),
        (weighted({"W": 10_000}, "x" * 51), "/weights: "),
        (item(name="a/b"), "/items/0: "),
        (item(scores={"yes": 12, "no": 0, "nochoice": 0}), "/items/0/scores: "),
        (item(scores={"yes": 12}), "/items/0/scores: "),
        (item(scores={}), "/items/0/scores: "),
        (item(scores=None, expression="99"), "/items/0/expression: "),
        ({**item(), "missing_codes": ["rff"]}, "/missing_codes: "),
    ],
    ids=[
        *("name", "long name", "name of an item", "no such choice", "choice left out", "none"),
        *("off scale", "missing code"),
    ],
)
def test_a_scheme_document_is_held_to_the_same_as_a_workbook(
    survey: Survey, document: dict[str, Any], place: str
) -> None:
    with pytest.raises(SchemeError, match=f"^{place}"):
        schemes.add(survey, document, document["default_weights"])


def test_an_expression_that_is_always_off_the_scale_is_refused() -> None:
    with pytest.raises(BadJudgement, match="indicators!I7"):
        questionnaires.publish(book({"indicators!I7": "99"}), make_survey())


# A site


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *[("stratum", ""), ("stratum", "  "), ("psu", "")],
        *[("design_weight", text) for text in ("-1", "nan", "inf", "many", "")],
    ],
)
def test_a_site_is_refused_at_its_field(
    survey: Survey, client: Client, field: str, text: str
) -> None:
    client.force_login(make_member(survey, Role.COORDINATOR))
    sound = {"survey": survey.pk, "code": "Z1", "stratum": "a", "psu": "Z1", "target": "5"}
    given = {**sound, "design_weight": "1", field: text}
    response = client.post(reverse("admin:surveys_site_add"), given)
    assert list(response.context["adminform"].form.errors) == [field]
    assert not Site.objects.filter(code="Z1").exists()


def imported(survey: Survey, client: Client, row: str) -> Any:
    """The preview of a file with one site."""
    client.force_login(make_member(survey, Role.COORDINATOR))
    file = SimpleUploadedFile("sites.csv", f"{HEADINGS}\n{row}\n".encode())
    given = {"format": "0", "resource": "0", "import_file": file}
    return client.post(reverse("admin:surveys_site_import"), given).context["result"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("bad,Z1,,Z1,1", "stratum"),
        ("bad,Z1,a,,1", "psu"),
        ("bad,Z1,a,Z1,-1", "design_weight"),
        ("bad,Z1,a,Z1,many", "design_weight"),
        ("bad,Z1,a,Z1,inf", "design_weight"),
        ("bad,Z1,a,Z1,nan", "design_weight"),
    ],
)
def test_a_site_in_a_file_is_refused_at_its_row_and_column(
    survey: Survey, client: Client, row: str, field: str
) -> None:
    result = imported(survey, client, row)
    assert [(bad.number, list(bad.error_dict)) for bad in result.invalid_rows] == [(1, [field])]


def test_a_site_without_a_stratum_is_not_valid(survey: Survey) -> None:
    site = Site(survey=survey, code="Z1", stratum="", psu="Z1")
    with pytest.raises(ValidationError, match="stratum"):
        site.full_clean()


def test_the_database_takes_no_negative_weight(survey: Survey) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_site(survey, design_weight=-1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stratum": ""},
        {"psu": ""},
        *[{"design_weight": weight} for weight in (float("inf"), float("nan"), 1e10)],
    ],
)
def test_the_database_takes_no_site_that_cannot_be_weighed(
    survey: Survey, wrong: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_site(survey, **wrong)


@pytest.mark.parametrize("value", [-1.0, float("inf"), float("nan"), 1e10])
def test_the_database_takes_no_person_who_stands_for_no_number(
    survey: Survey, value: float
) -> None:
    version = WeightVersion.objects.create(wave=current_wave(survey), name="given")
    case = Case.objects.filter(wave=version.wave)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Weight.objects.create(version=version, case=case, value=value)


# Margins


def weighed(survey: Survey, margins: object, folder: Path, name: str = "new") -> str:
    """What `manage.py weigh` says of margins, which it refuses."""
    file = folder / "margins.json"
    file.write_text(json.dumps(margins), "utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("weigh", survey=survey.code, name=name, margins=str(file), stdout=StringIO())
    assert not WeightVersion.objects.exists()
    return str(refused.value)


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        ({}, "give it at least one class"),
        ({"a": 60, "b": 40, "c": 10}, "nobody in class “c” has a weight; merge it"),
        ({"a": 60}, "people are in “b”, which is none of its classes"),
        ({"a": -60, "b": 40}, "class “a” is to have -60 people; make it a number above 0"),
        ({"a": 0, "b": 40}, "class “a” is to have 0 people; make it a number above 0"),
        ({"a": float("nan"), "b": 40}, "class “a” is to have nan people"),
    ],
)
def test_a_margin_is_refused_at_its_class(
    survey: Survey, classes: dict[str, float], said: str, tmp_path: Path
) -> None:
    sentence = weighed(survey, {"stratum": classes}, tmp_path)
    assert sentence.startswith("Margin “stratum”: ")
    assert said in sentence


@pytest.mark.parametrize(
    "margins",
    [
        {"stratum": {"a": "many", "b": 40}},
        {"stratum": {"a": None, "b": 40}},
        {"stratum": {"a": True, "b": 40}},
        {"stratum": ["a", "b"]},
        ["stratum"],
        3,
    ],
)
def test_a_file_that_is_no_margins_is_refused_in_words(
    survey: Survey, margins: object, tmp_path: Path
) -> None:
    assert weighed(survey, margins, tmp_path)


def test_a_margin_that_divides_nobody_names_those_there_are(survey: Survey, tmp_path: Path) -> None:
    assert "stratum" in weighed(survey, {"sex": {"f": 1, "m": 1}}, tmp_path)


def test_weights_need_a_name(survey: Survey) -> None:
    with pytest.raises(WeightingError):
        weights.make(schemes.find(survey), current_wave(survey), "", [])

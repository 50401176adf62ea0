"""A survey of two regions, judged, whose people also differ in age and may be asked again."""

from collections.abc import Mapping, Sequence
from typing import Any

from scoring import pipeline, schemes
from scoring.models import Scheme
from surveys.models import QuestionnaireVersion, Site, Wave
from tests.factories import make_interview, make_site, make_survey, make_version
from tests.scoring.test_pipeline import SMALL_SCHEME

BY_AGE = {
    "name": "age",
    "question": "age",
    "bands": [[30, "young"], [None, "old"]],
    "title_en": "Age",
    "title_zh": "年龄",
}
SCHEME: dict[str, Any] = {
    **SMALL_SCHEME,
    "disaggregations": [*SMALL_SCHEME["disaggregations"], BY_AGE],
}
PEOPLE = 12  # of a site
WORKING = {"a": 3, "b": 8}  # how many of a site's people work, by stratum
OLD = {"a": 8, "b": 5}
ALIKE = (0, 0, 0, 0)


def make_divided(more: Sequence[int] = ALIKE) -> Scheme:
    """A site in each of two strata for each number, where so many more work than elsewhere.

    The old work before the young do.
    """
    survey = make_survey()
    version = make_version(survey)
    for stratum, working in WORKING.items():
        for extra in more:
            ask(make_site(survey, stratum=stratum), version, working + extra)
    scheme = schemes.add(survey, SCHEME, "equal", is_default=True)
    pipeline.sweep()
    return scheme


def ask(site: Site, version: QuestionnaireVersion, working: int) -> None:
    for person in range(PEOPLE):
        works = "yes" if person < working else "no"
        age = "40" if person < OLD.get(site.stratum, 6) else "20"
        make_interview(site, version, works=works, age=age)


def ask_again(sites: Mapping[Site, int]) -> None:
    """The next wave in these sites, in which so many work."""
    survey = next(iter(sites)).survey
    Wave.objects.create(survey=survey, number=survey.waves.count() + 1, name="Again")
    version = QuestionnaireVersion.objects.get(questionnaire__survey=survey)
    for site, working in sites.items():
        ask(site, version, working)
    pipeline.sweep()

"""The names of what people are divided by, in the reader's language and in the order to show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from scoring.maths.scheme import Disaggregation, SchemeSpec
from surveys import questionnaires
from surveys.models import City, Questionnaire, Region, Survey
from surveys.models.named import in_language
from surveys.xforms.definition import FormDef, Question


@dataclass(frozen=True)
class Dimension:
    """A disaggregation with the titles of its levels; levels not named show their code."""

    name: str
    title: str
    levels: Mapping[str, str]
    is_city: bool = False

    def title_of(self, level: str) -> str:
        return self.levels.get(level, level)

    def ordered(self, levels: Iterable[str]) -> list[str]:
        """Levels in the form's or the scheme's order, unnamed ones last."""
        places = {level: place for place, level in enumerate(self.levels)}
        return sorted(levels, key=lambda level: (places.get(level, len(places)), level))


def dimensions_of(survey: Survey, spec: SchemeSpec) -> tuple[Dimension, ...]:
    """The scheme's disaggregations under the names of the survey's current forms."""
    forms = _forms(survey)
    places = {
        "city": {city.code: str(city) for city in City.objects.all()},
        "region": {region.code: str(region) for region in Region.objects.all()},
    }
    return tuple(_dimension(each, forms, places) for each in spec.disaggregations)


def _forms(survey: Survey) -> list[FormDef]:
    current = Questionnaire.objects.filter(survey=survey, current__isnull=False)
    return [
        questionnaires.form_of(questionnaire.current)
        for questionnaire in current.select_related("current").defer(
            "current__xml", "current__workbook", "current__definition"
        )
        if questionnaire.current is not None
    ]


def _dimension(
    way: Disaggregation, forms: Iterable[FormDef], places: Mapping[str, Mapping[str, str]]
) -> Dimension:
    title = in_language(way.title_en, way.title_zh)
    if way.is_design_column:
        return Dimension(way.name, title, places["region"])
    if way.bands:
        return Dimension(way.name, title, {level: level for _, level in way.bands})
    choices: dict[str, str] = {}
    is_city = False
    for form in forms:
        for question in form.questions:
            if question.name == way.source:
                choices |= _choices(form, question)
                is_city = is_city or form.roles.get("city") == question.path
    return Dimension(
        way.name, title, {**choices, **places["city"]} if is_city else choices, is_city
    )


def _choices(form: FormDef, question: Question) -> dict[str, str]:
    language = form.language_for(get_language() or "")
    return {choice.name: form.text(choice.labels, language) for choice in question.choices}

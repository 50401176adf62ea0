"""What schemes and the ways to divide people are called, in the reader's language and in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from scoring.dashboard.questions import Questions
from scoring.maths.scheme import Disaggregation, SchemeSpec
from surveys.models import City, Region, Wave
from surveys.models.named import in_language


class Titled(Protocol):
    """What a scheme calls in both languages."""

    @property
    def title_en(self) -> str: ...

    @property
    def title_zh(self) -> str: ...


def title_of(part: Titled) -> str:
    """The title of a scheme or a part of it, in the reader's language."""
    return in_language(part.title_en, part.title_zh)


def wave_title(wave: Wave) -> str:
    return wave.name or _("Wave %(number)s") % {"number": wave.number}


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


def dimensions_of(spec: SchemeSpec, questions: Questions) -> tuple[Dimension, ...]:
    """The scheme's disaggregations under the names of the survey's questions."""
    cities = {city.code: str(city) for city in City.objects.all()}
    regions = {region.code: str(region) for region in Region.objects.all()}
    return tuple(_dimension(way, questions, cities, regions) for way in spec.disaggregations)


def _dimension(
    way: Disaggregation,
    questions: Questions,
    cities: Mapping[str, str],
    regions: Mapping[str, str],
) -> Dimension:
    title, asked = title_of(way), questions[way.source]
    if way.is_design_column:
        return Dimension(way.name, title, regions)
    if way.bands:
        return Dimension(way.name, title, {level: level for _, level in way.bands})
    levels = {**asked.choices, **cities} if asked.is_city else asked.choices
    return Dimension(way.name, title, levels, asked.is_city)

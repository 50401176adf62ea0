"""What the rows, columns and levels of a table are called, in the reader's language, and in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.dashboard.names import Dimension, dimensions_of, title_of
from scoring.dashboard.questions import Questions, questions_of
from scoring.divisions import ABOVE, UNANSWERED, UNASKED, Catalogue, Source, parts_of
from scoring.maths.kinds import INDEX
from scoring.models import Scheme

MOST_LETTERS = 90  # of a question in a list to choose from


@dataclass(frozen=True)
class Words:
    """The names of a scheme's variables and of their levels."""

    catalogue: Catalogue
    dimensions: Mapping[str, Dimension]
    questions: Questions

    @classmethod
    def of(cls, scheme: Scheme, catalogue: Catalogue) -> "Words":
        questions = questions_of(scheme.survey)
        ways = {each.name: each for each in dimensions_of(catalogue.spec, questions)}
        return cls(catalogue, ways, questions)

    def title(self, key: str) -> str:
        """Of a variable."""
        source, name = parts_of(key)
        if source == Source.GROUP:
            return self.dimensions[name].title
        if source == Source.SCORE:
            return _("%(score)s, in fifths") % {"score": self._score(name)}
        if source == Source.MEAN:
            return _("Mean: %(score)s") % {"score": self._score(name)}
        return self.questions[name].label

    def short(self, key: str) -> str:
        """As in a list to choose from."""
        title = self.title(key)
        return title if len(title) <= MOST_LETTERS else f"{title[: MOST_LETTERS - 1]}…"

    def section(self, key: str) -> str:
        """Under which heading it is chosen."""
        return {
            Source.GROUP.value: _("Groups"),
            Source.SCORE.value: _("Standards and index"),
            Source.MEAN.value: _("Mean of a score"),
            Source.SEVERAL.value: _("Questions with several answers"),
        }.get(parts_of(key)[0], _("Questions"))

    def level(self, key: str, level: str) -> str:
        if level == UNASKED:
            return _("Not asked")
        if level == UNANSWERED:
            return _("No answer")
        source, name = parts_of(key)
        if source == Source.GROUP:
            return self.dimensions[name].title_of(level)
        if source == Source.SCORE:
            return level.replace("-", "–")
        if source == Source.MEAN:
            return self._score(name)
        if name in self._numbers:
            return _between(level)
        return self.questions[name].choice(level)

    def order(self, key: str, levels: Sequence[str]) -> list[int]:
        """The places of levels in the order to show: as the form has them, no answers last."""
        source, name = parts_of(key)
        if source == Source.GROUP:
            known = self.dimensions[name].ordered(levels)
        elif source in (Source.QUESTION, Source.SEVERAL) and name not in self._numbers:
            known = [*self.questions[name].choices]
        else:
            known = list(levels)
        last = {UNASKED: 1, UNANSWERED: 2}
        rank = {level: place for place, level in enumerate(known)}

        def standing(place: int) -> tuple[int, int, int]:
            level = levels[place]
            return last.get(level, 0), rank.get(level, len(rank)), place

        return sorted(range(len(levels)), key=standing)

    @property
    def _numbers(self) -> set[str]:
        return set(self.catalogue.numbers)

    def _score(self, name: str) -> str:
        if name == INDEX:
            return _("Integration index")
        standard = next(each for each in self.catalogue.spec.standards if each.name == name)
        return f"{standard.name} {title_of(standard)}"


def _between(level: str) -> str:
    low, _sign, high = level.partition("<")
    if level == ABOVE:
        return _("all")
    if not low:
        return _("up to %(number)s") % {"number": high}
    if not high:
        return _("over %(number)s") % {"number": low}
    return _("over %(low)s, up to %(high)s") % {"low": low, "high": high}

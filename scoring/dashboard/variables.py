"""What each published number is called and means, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scoring.dashboard.figures import PERCENT, SCORE, SHARE, Scale
from scoring.dashboard.names import title_of
from scoring.dashboard.questions import Questions
from scoring.explanations import UnknownNumber
from scoring.maths.kinds import Kind
from scoring.maths.scheme import ItemSpec, SchemeSpec
from scoring.maths.variable import Meaning, meanings
from surveys.errors import gettext_noop

WHOLE = Scale(1, 0)


class Words(NamedTuple):
    """How one kind of number is spoken of; templates filled in by `Variable`."""

    scale: Scale
    title: str | Promise
    sentence: str | Promise
    formula: str | Promise


@dataclass(frozen=True)
class Variable:
    """A published number as readers know it; texts are made in the language of the moment.

    `question` is what its item asks, where it is about one.
    """

    spec: SchemeSpec
    meaning: Meaning
    question: str = ""

    @property
    def name(self) -> str:
        return self.meaning.name

    @property
    def scale(self) -> Scale:
        """How the stored number becomes one to read, with its unit."""
        return WORDS[self.meaning.kind].scale

    @property
    def items(self) -> tuple[ItemSpec, ...]:
        """The items whose answers enter it."""
        return tuple(self.spec.items[place] for place in self.meaning.items)

    def title(self) -> str:
        return self._say(WORDS[self.meaning.kind].title)

    def sentence(self) -> str:
        """What it tells, for who sees it for the first time."""
        return self._say(WORDS[self.meaning.kind].sentence)

    def formula(self) -> str:
        """How it is computed."""
        return self._say(WORDS[self.meaning.kind].formula)

    def _say(self, template: str | Promise) -> str:
        return str(template) % self._values()

    def _values(self) -> Mapping[str, object]:
        spec, validity = self.spec, self.spec.validity
        return {
            "name": self.meaning.subject.name if self.meaning.subject else "",
            "title": self.subject_title(),
            "k": self.meaning.k,
            "met": self.meaning.met,
            "bound": spec.met,
            "count": len(spec.weighted),
            "standards": validity.min_standards,
            "items": validity.min_answered_items,
            "weight": validity.min_answered_weight,
            "cutoff": getattr(self.meaning.subject, "cutoff", ""),
        }

    def subject_title(self) -> str:
        """The standard, core content or question that it is about; blank for none."""
        subject = self.meaning.subject
        if subject is None:
            return ""
        if isinstance(subject, ItemSpec):
            return self.question or subject.name
        return title_of(subject)


def variable_of(spec: SchemeSpec, name: str, questions: Questions | None = None) -> Variable:
    """The variable of that name; `questions` are the survey's. Raises UnknownNumber."""
    found = variables_of(spec, questions).get(name)
    if found is None:
        raise UnknownNumber(
            gettext_noop("Scheme %(scheme)s has no number “%(name)s”."),
            scheme=spec.weighting,
            name=name,
        )
    return found


def variables_of(spec: SchemeSpec, questions: Questions | None = None) -> dict[str, Variable]:
    """All variables that a scheme may publish, in the order in which to show them."""
    asked = questions or Questions({})
    return {
        name: Variable(spec, meaning, _question(meaning, asked))
        for name, meaning in meanings(spec).items()
    }


def _question(meaning: Meaning, questions: Questions) -> str:
    subject = meaning.subject
    return questions[subject.question].label if isinstance(subject, ItemSpec) else ""


_MEAN = _("The sum of weight × value over these people, divided by the sum of their weights.")
_PART = _(
    "Of each person who is not integrated, the weight of what is lacking is parted by where it belongs; "
    "of a group, the sum of weight × part is divided by the sum of weight × c. "
    "Of all such parts together it is 100 of 100."
)

WORDS: Mapping[Kind, Words] = {
    Kind.COUNT: Words(
        WHOLE,
        _("Interviews"),
        _("How many people were interviewed and are counted."),
        _("Interviews that were answered and are no practice, neither rejected nor in quarantine."),
    ),
    Kind.INDEX: Words(
        SCORE,
        _("Integration index"),
        _("How far people meet the standards of integration together: 0 not at all, 100 fully."),
        _(
            "Of each person, the mean of the standards by their weights, where at least %(standards)s "
            "of %(count)s could be scored. Of a group, the sum of weight × index, divided by the sum "
            "of the people’s weights."
        ),
    ),
    Kind.STANDARD: Words(
        SCORE,
        "%(name)s %(title)s",
        _("How far people meet this: 0 not at all, 100 fully."),
        _(
            "Of each person, the mean score of the items that apply and are answered, at least "
            "%(items)s of those that apply, as a share of the 12 points that each may have. Of a group, "
            "the sum of weight × score, divided by the sum of the people’s weights."
        ),
    ),
    Kind.CORE: Words(
        SCORE,
        _("Core content: %(title)s"),
        _(
            "How far people have this: 0 not at all, 100 fully. The same items, divided another way."
        ),
        _(
            "Of each person, the mean score of its items that apply and are answered, at least "
            "%(items)s of those that apply, as a share of the 12 points that each may have."
        ),
    ),
    Kind.MET: Words(
        PERCENT,
        _("Meets %(met)s of %(count)s standards"),
        _(
            "Of 100 people, how many meet exactly %(met)s of the %(count)s standards: "
            "they reach at least %(bound)s of what a standard asks for."
        ),
        _MEAN,
    ),
    Kind.SHARE: Words(
        PERCENT,
        _("c: average share of lacks"),
        _("Of 100 things that apply to people, how many they lack on average."),
        _(
            "Each standard that applies to a person counts the same, and each of its items too. c is the "
            "weight of what scores below its cutoff, divided by the weight of what was answered, "
            "at least %(weight)s of what applies. Of a group, the mean of c by the people’s weights."
        ),
    ),
    Kind.HEADCOUNT: Words(
        PERCENT,
        _("H: not integrated, k = %(k)s"),
        _(
            "Of 100 people, how many are not integrated: they lack at least %(k)s of what applies to them."
        ),
        _(
            "The weights of the people whose share of lacks c is at least %(k)s, divided by the weights of all."
        ),
    ),
    Kind.BREADTH: Words(
        SHARE,
        _("M0: breadth-adjusted, k = %(k)s"),
        _("How many are not integrated and how much they lack, in one number from 0 to 1."),
        _("M0 = H × A: how many are not integrated, times the share that these people lack."),
    ),
    Kind.INTENSITY: Words(
        PERCENT,
        _("A: average share of lacks of those not integrated, k = %(k)s"),
        _("Of 100 things that apply to people who are not integrated, how many they lack."),
        _(
            "The sum of weight × c over the people whose share of lacks c is at least %(k)s, "
            "divided by the sum of their weights."
        ),
    ),
    Kind.UNDECIDED: Words(
        PERCENT,
        _("Undecided for missing answers, k = %(k)s"),
        _(
            "Of 100 people, for how many the questions that they did not answer decide whether they are integrated."
        ),
        _(
            "People whose share of lacks is below %(k)s if all unanswered questions were no lacks, and at "
            "least %(k)s if all were: their weights, divided by the weights of all."
        ),
    ),
    Kind.GAP: Words(
        SCORE,
        _("Gap: %(name)s %(title)s"),
        _(
            "How many points this standard takes from a full index of 100. "
            "The gaps of all standards add up to 100 less the index."
        ),
        _(
            "Of each person, the standard’s weight × (1 − its score), divided by the weights of the "
            "standards that the person has. Of a group, the mean by the people’s weights."
        ),
    ),
    Kind.UNCENSORED: Words(
        PERCENT,
        _("Lacking: %(title)s"),
        _(
            "Of 100 people to whom it applies, how many lack it: they score below %(cutoff)s of 12 in it."
        ),
        _MEAN,
    ),
    Kind.CENSORED: Words(
        PERCENT,
        _("Lacking among those not integrated: %(title)s"),
        _(
            "Of 100 people, how many both lack it and are not integrated: they lack at least %(k)s in all."
        ),
        _MEAN,
    ),
    Kind.PART_OF_ITEM: Words(
        PERCENT,
        _("Part of M0: %(title)s"),
        _("Of 100 parts of what people who are not integrated lack, how many are this."),
        _PART,
    ),
    Kind.PART_OF_STANDARD: Words(
        PERCENT,
        _("Part of M0: %(name)s %(title)s"),
        _("Of 100 parts of what people who are not integrated lack, how many belong to this."),
        _PART,
    ),
    Kind.PART_OF_CORE: Words(
        PERCENT,
        _("Part of M0: %(title)s"),
        _("Of 100 parts of what people who are not integrated lack, how many belong to this."),
        _PART,
    ),
}

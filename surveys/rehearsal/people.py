"""What made-up respondents say: each answer as often as the demo's respondents gave it.

A few inclinations and the site tie the answers of one person together; enumerators hear things
slightly differently.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.random import Generator
from scipy.special import ndtr

from surveys.demo import respondents
from surveys.quality.arrays import Floats
from surveys.rehearsal.plan import ENUMERATORS, SITES
from surveys.xforms.definition import FormDef, Question
from surveys.xforms.evaluation import MISSING_CODES

INCLINATIONS = 3
OWN = 0.8  # standard deviation of what no inclination explains
UNSURE = 0.03  # of answers


class People:
    """Made-up people of one form. Answers are by name of the question, whether it applies or not."""

    def __init__(self, form: FormDef, random: Generator) -> None:
        self.random = random
        known = _heard(form)
        self.questions = [one for one in form.questions if one.name in known]
        self.names = [one.name for one in self.questions]
        self.said = [known[name] for name in self.names]
        self.unsaid = [_unsaid(one) for one in self.questions]
        many = len(self.questions)
        self.loads = random.normal(0, 0.45, (many, INCLINATIONS))
        self.scale = np.sqrt((self.loads**2).sum(axis=1) + OWN**2)
        self.site_shift = random.normal(0, 0.35, (SITES, INCLINATIONS))
        self.shift = random.normal(0, 0.15, (ENUMERATORS, many))
        self.unsure = UNSURE * np.exp(random.normal(0, 0.4, ENUMERATORS))

    def met(self, enumerator: int, site: int) -> dict[str, str]:
        """What somebody who lives at the site tells the enumerator."""
        inclined = self.random.normal(0, 1, INCLINATIONS) + self.site_shift[site]
        own = self.random.normal(0, OWN, len(self.names)) + self.shift[enumerator]
        answers = self.answers((self.loads @ inclined + own) / self.scale)
        for place in np.flatnonzero(self.random.random(len(self.names)) < self.unsure[enumerator]):
            if self.unsaid[place]:
                answers[self.names[place]] = str(self.random.choice(self.unsaid[place]))
        return answers

    def answers(self, leaning: Floats) -> dict[str, str]:
        """Answers from a number a question, standard normal in the population."""
        shares = ndtr(leaning)
        answers = {
            name: said[min(int(share * len(said)), len(said) - 1)]
            for name, said, share in zip(self.names, self.said, shares, strict=True)
        }
        return answers | _lived_here(answers)


def _heard(form: FormDef) -> dict[str, list[str]]:
    """The answers of the demo's respondents to what they were asked, by question and in order."""
    rows = respondents()
    left_out = {form.roles[role].rpartition("/")[2] for role in form.roles}
    found = {}
    for question in form.questions:
        if question.name in rows[0] and question.name not in left_out:
            said = [row[question.name] for row in rows]
            kept = [one for one in said if one and not MISSING_CODES.intersection(one.split())]
            found[question.name] = sorted(kept, key=partial(_rank, question))
    return found


def _rank(question: Question, text: str) -> tuple[float, str]:
    """How far up an answer is: the number, the place in the list, or how many were chosen."""
    if not question.is_select:
        return float(text), ""
    if question.kind == "select_multiple":
        return len(text.split()), text
    return [one.name for one in question.choices].index(text), ""


def _unsaid(question: Question) -> list[str]:
    return [one.name for one in question.choices if one.name in MISSING_CODES]


def _lived_here(answers: Mapping[str, str]) -> dict[str, str]:
    """Nobody has lived in the city for longer than at all."""
    return {"a8": str(min(float(answers["a8"]), float(answers["a2"])))}

"""The difference between two versions of a form, as a coordinator reads it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from surveys.admin.findings import marked
from surveys.differences import Consequence, consequences
from surveys.models import QuestionnaireVersion
from surveys.questionnaires import form_of
from surveys.wording import in_words
from surveys.xforms.definition import FormDef
from surveys.xforms.difference import CHANGE, RISK, WORDS

KINDS: dict[str, tuple[Promise, str]] = {  # severity -> what it means, and the colour of its chip
    RISK: (_("Answers at risk"), "error"),
    CHANGE: (_("Interview changes"), "warning"),
    WORDS: (_("Wording"), "note"),
}


@dataclass(frozen=True)
class Row:
    """A change in the reader's language. `label` is what the question asks."""

    consequence: Consequence
    label: str

    @property
    def kind(self) -> str:
        return str(KINDS[self.consequence.change.severity][0])

    @property
    def colour(self) -> str:
        return KINDS[self.consequence.change.severity][1]

    @property
    def sentence(self) -> SafeString:
        return marked(in_words(self.consequence.change))

    @property
    def effect(self) -> str:
        """How many answers are at stake; blank where none are, or nobody counted."""
        count = self.consequence.interviews
        if not count:
            return ""
        words = ngettext("%(count)s interview has it.", "%(count)s interviews have it.", count)
        return words % {"count": f"{count:,}"}


@dataclass(frozen=True)
class Difference:
    """All changes from a published version on."""

    old: QuestionnaireVersion
    rows: Sequence[Row]

    @classmethod
    def to(cls, form: FormDef, old: QuestionnaireVersion) -> "Difference":
        forms = (form, form_of(old))
        return cls(old, [Row(one, _label(one, forms)) for one in consequences(old, form)])

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Meaning, colour and number of each kind that there is."""
        counts = Counter(row.consequence.change.severity for row in self.rows)
        return [
            (str(name), colour, counts[severity])
            for severity, (name, colour) in KINDS.items()
            if counts[severity]
        ]


def _label(consequence: Consequence, forms: Sequence[FormDef]) -> str:
    path = consequence.change.path
    form = next((form for form in forms if path in form.by_path), None)
    if form is None:
        return ""
    return form.text(form.by_path[path].labels, form.language_for(get_language() or ""))

"""One correction on its page: a question chosen, its answer typed, what follows looked at, saved."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys import ledger, proposals
from surveys.admin.access import key_in
from surveys.admin.corrections.correcting import Correcting, Told
from surveys.admin.corrections.reason import ReasonForm
from surveys.errors import SurveyError
from surveys.ledger import Overtaken
from surveys.models import Interview, User
from surveys.proposals import Proposal
from surveys.submissions import UnsatisfiedForm
from surveys.wording import in_words

THEIRS = "theirs"


def _require(shown: Correcting, places: Sequence[str]) -> None:
    if not all(shown.can_correct(place) for place in places):
        raise Http404(_("There is no such question, or nobody can correct it."))


class Correction:
    """The page of one correction, from the choice of a question to what follows from its answer."""

    def __init__(self, request: HttpRequest, interview: Interview, person: User) -> None:
        self.request, self.interview, self.person = request, interview, person
        self.language = request.GET.get("labels") or get_language() or ""
        self.now = Correcting(interview, person, self.language)
        self.sent = request.POST if request.method == "POST" else None
        given = request.GET if self.sent is None else self.sent
        self.places = [one for one in dict.fromkeys(given.getlist("question")) if one]
        self.reason = ReasonForm(self.sent)
        self.proposal: Proposal | None = None
        self.overtaken: Overtaken | None = None
        self.answers: dict[str, str] = {}
        self.notice = ""
        self.status = 200
        if self.sent is None and not all(map(self.now.can_correct, self.places)):
            self.places, self.notice = [], _("Nobody can type that answer. Choose a question.")

    @property
    def done(self) -> str:
        """What is said when there is nothing left to save."""
        if not self.places:
            return _("It stays as the other person left it.")
        return _("The correction is saved. What the device sent stays as it was.")

    @property
    def seen(self) -> int:
        """The version on which the person corrects."""
        given = key_in(self.request.POST.get("seen"))
        if self.overtaken or given is None:
            return self.interview.current_id or 0
        return given

    def answered(self) -> bool:
        """Take what was sent; whether it is saved now, or there is nothing left to save."""
        self.answers = self._answers()
        try:
            ledger.require_newest(self.interview, self.seen)
            self.proposal = proposals.propose(self.interview, self.answers, self.person)
            return not self.places or self._saved(self.proposal)
        except Overtaken as error:
            self.overtaken, self.status = error, error.status
            self.interview.refresh_from_db()
            self.now = Correcting(self.interview, self.person, self.language)
        except UnsatisfiedForm:
            self.status = 422
        except SurveyError as error:
            self.notice, self.status = in_words(error), error.status
        return False

    def _answers(self) -> dict[str, str]:
        """What was typed, without what somebody else's change shall stand against."""
        post = self.request.POST
        self.places = [place for place in self.places if post.get(f"take-{place}") != THEIRS]
        there = [place for place in self.places if place in self.now.placed]
        answers = self._typed(self.now, there)
        rest = [place for place in self.places if place not in there]
        if rest:  # of instances that there are only with the other answers
            root = proposals.propose(self.interview, answers, self.person).instance.root
            shown = Correcting(self.interview, self.person, self.language, root)
            answers |= self._typed(shown, rest)
        return answers

    def _typed(self, shown: Correcting, places: Sequence[str]) -> dict[str, str]:
        _require(shown, places)
        root = shown.values.root.name
        form = shown.fields(places, self.request.POST)
        typed = form.answers(frozenset(f"/{root}/{place}" for place in places))
        return {place: typed.get(f"/{root}/{place}", "") for place in places}

    def _saved(self, proposal: Proposal) -> bool:
        """Save it if that is asked for and the person has seen what follows; else say what is missing."""
        if "save" not in self.request.POST or not self.reason.is_valid():
            return False
        if proposal.problems:
            self.status = 422
            return False
        if self.request.POST.get("looked") != self.looked:
            self.notice = _("This is what follows from the answer. Save it if it is right.")
            return False
        ledger.correct(
            self.interview.pk,
            self.answers,
            by=self.person,
            reason=self.reason.cleaned_data["reason"],
            seen=self.seen,
        )
        return True

    @property
    def looked(self) -> str:
        """What the person has seen the consequences of."""
        told = repr((self.seen, sorted(self.answers.items())))
        return sha256(told.encode()).hexdigest()[:32]

    def context(self) -> dict[str, Any]:
        shown = self._shown()
        problems = self._problems(shown)
        places = [*self.places, *(place for place in problems if self._is_needed(shown, place))]
        form = shown.fields(places, self.sent)
        return {
            "title": _("Correct an answer"),
            "interview": self.interview,
            "language": shown.language,
            "sections": [] if self.places else list(self.now.choices()),
            "places": places,
            "asked": shown.rendered(form, places, problems) if places else "",
            "reason": self.reason["reason"],
            "seen": self.seen,
            "looked": "" if problems else self.looked,
            "proposal": self.proposal,
            "follows": self._told(shown),
            "problems": [(self._name(shown, place), said) for place, said in problems.items()],
            "is_overtaken": self.overtaken is not None,
            "conflicts": self._conflicts(),
            "notice": self.notice,
        }

    def _shown(self) -> Correcting:
        """With what the correction would make of the answers, which newly asked questions need."""
        if self.proposal is None:
            return self.now
        root = self.proposal.instance.root
        return Correcting(self.interview, self.person, self.language, root)

    def _problems(self, shown: Correcting) -> Mapping[str, str]:
        if self.proposal is None:
            return {}
        return {one.path: shown.sentence(one) for one in self.proposal.problems}

    def _is_needed(self, shown: Correcting, place: str) -> bool:
        """Whether another question must be answered with this one."""
        return place not in self.places and shown.can_correct(place)

    def _name(self, shown: Correcting, place: str) -> str:
        return shown.prompt(place).text if place in shown.placed else place

    def _told(self, shown: Correcting) -> list[tuple[Told, bool]]:
        differences = self.proposal.differences if self.proposal else ()
        return [(shown.told(one), one.is_consequence) for one in differences]

    def _conflicts(self) -> list[dict[str, Any]]:
        """What somebody else changed: before, theirs, and yours where both changed the same."""
        since = self.overtaken.since if self.overtaken else ()
        return [
            {
                "told": self.now.told(one),
                "is_both": one.place in self.answers,
                "yours": self._yours(one.place),
            }
            for one in since
        ]

    def _yours(self, place: str) -> str:
        """The answer that was typed, in words, where there is a question for it."""
        if place not in self.answers or place not in self.now.placed:
            return ""
        return self.now.prompt(place).answer(self.answers[place])

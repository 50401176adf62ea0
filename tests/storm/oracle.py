"""What the page said, written down outside the browser: what was typed, and what it called saved or finished."""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum

from tests.storm.phone import Look


class End(IntEnum):
    """How far an interview came."""

    OPEN = 0
    PRESSED = 1  # "Finish and send", whatever became of it
    SAID = 2  # the page said that it is finished


@dataclass
class Question:
    """What was typed into it in turn, each with the opening of the page in which it was."""

    typed: list[tuple[str, str]] = field(default_factory=list)
    said: int = 0  # so many of them, from the first, are saved or replaced by what is

    def say(self, opening: str) -> None:
        """All that was typed in that opening is called saved."""
        numbers = [at for at, (one, _) in enumerate(self.typed, start=1) if one == opening]
        self.said = max(self.said, *numbers) if numbers else self.said

    @property
    def may_be(self) -> set[str]:
        """What may be found: what was called saved, or what was typed after it."""
        later = {text for _, text in self.typed[max(self.said - 1, 0) :]}
        return later if self.said else {"", *later}


@dataclass
class Told:
    """An interview, by its id, as the person knows it."""

    id: str
    questions: dict[str, Question] = field(default_factory=lambda: defaultdict(Question))
    is_said: bool = False  # something of it was called saved
    end: End = End.OPEN

    def saved(self, opening: str) -> None:
        self.is_said = True
        for question in self.questions.values():
            question.say(opening)


@dataclass
class Oracle:
    """All that a person was told by the phone in a run. Pictures are told apart by their SHA-256."""

    interviews: dict[str, Told] = field(default_factory=dict)
    lost_beginnings: int = 0  # of which no page came
    looks: int = 0  # at which something was called saved
    asked: list[str] = field(default_factory=list)  # whose answers count, of which interviews

    def of(self, draft: str) -> Told:
        """What is known of an interview, from when it was first seen."""
        return self.interviews.setdefault(draft, Told(draft))

    def typed(self, look: Look, place: str, text: str) -> None:
        self.of(look.draft).questions[place].typed.append((look.opening, text))

    def saw(self, look: Look) -> bool:
        """Take down what the page says; whether it calls something saved."""
        if look.is_asked:
            self.asked.append(look.draft)
        if not look.is_saved:
            return False
        self.looks += 1
        self.of(look.draft).saved(look.opening)
        return True

    def pressed(self, look: Look) -> None:
        told = self.of(look.draft)
        told.end = max(told.end, End.PRESSED)

    def finished(self, look: Look) -> None:
        """Seen before the page went: what was typed until then is in it."""
        told = self.of(look.draft)
        told.end = End.SAID
        told.saved(look.opening)

"""What is wrong with a form, gathered so that its author sees all of it at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.errors import SurveyError, gettext_noop
from surveys.formlogic.syntax import ExpressionError, Node, parse
from surveys.xforms import features


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a form: a message template, its parameters, the question's path."""

    path: str
    message: str
    params: Mapping[str, object]

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class UnsupportedForm(SurveyError):
    """A form that we would not run as its author meant it; `faults` says all reasons."""

    status = 422

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            gettext_noop("The form cannot be published: %(faults)s"),
            faults="; ".join(f"{f.path}: {f}" if f.path else str(f) for f in faults),
        )
        self.faults = faults


class Faults(list[Fault]):
    """The faults found so far."""

    def add(self, path: str, message: str, **params: object) -> None:
        """Note a fault, unless the same was said of the same question."""
        fault = Fault(path, message, params)
        if not any(other.path == path and str(other) == str(fault) for other in self):
            self.append(fault)

    def expression(self, path: str, column: str, text: str | None) -> Node | None:
        """The AST of an expression; None where there is none, or where it is a fault."""
        if text is None or not text.strip():
            return None
        try:
            return parse(text)
        except ExpressionError as error:
            advice = features.refusal("function", str(error.params.get("name", "")))
            self.add(
                path,
                gettext_noop("The %(column)s expression is wrong: %(detail)s"),
                column=column,
                detail=SurveyError(advice) if advice else error,
            )
            return None

    def refuse(self, path: str, kind: str, name: str) -> None:
        """What the matrix of features refuses, in its words."""
        note = features.refusal(kind, name)
        if note:
            self.add(path, note)
        else:
            self.add(path, gettext_noop("%(feature)s is not supported."), feature=name)

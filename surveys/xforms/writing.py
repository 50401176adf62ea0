"""Expressions and texts of a form as their author may have typed them: `${age} > 17`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from surveys.formlogic.printing import print_expression
from surveys.formlogic.syntax import Node
from surveys.xforms.definition import FormDef, Text
from surveys.xforms.linting.trees import target

YES_OR_NO: Mapping[str, str] = {"true()": "yes", "false()": "no"}


@dataclass(frozen=True)
class Writer:
    """Writes what a form holds; `renamed` are paths that go by another name by now."""

    form: FormDef
    renamed: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _known(self) -> frozenset[str]:
        binds = (bind.path for bind in self.form.binds)
        return frozenset({*binds, *self.form.by_path, *self.form.repeats})

    def expression(self, node: Node | None, path: str) -> str:
        """The text of an expression at a path; blank for none."""
        if node is None:
            return ""
        text = print_expression(node, lambda found: self._name(found, path))
        return YES_OR_NO.get(text, text)

    def _name(self, node: Node, path: str) -> str:
        """`${name}` of a path that leads to another question, else blank."""
        there = target(node, path, path)
        if there == path or there not in self._known:
            return ""
        return f"${{{self.renamed.get(there, there).rpartition('/')[2]}}}"

    def words(self, text: Text, path: str) -> str:
        """A label or message, with the expressions within it."""
        if isinstance(text, str):
            return text
        return "".join(
            part if isinstance(part, str) else self.expression(part, path) for part in text
        )

"""What the expressions of a form come to at places of one interview, as the pages show them."""

from collections.abc import Sequence

from surveys.formlogic.answers import written
from surveys.formlogic.context import Environment
from surveys.formlogic.evaluation import compile_expression
from surveys.formlogic.reading import Copy
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.formlogic.values import to_boolean
from surveys.webform.places import PlacedRepeat
from surveys.xforms.definition import Choice, FormDef, Question
from surveys.xforms.fitting import choices_at


class Values:
    """One interview, read once: what does not apply is blank in all that is asked of it."""

    def __init__(self, form: FormDef, root: Element, environment: Environment) -> None:
        self.root = root
        self.reading = form.logic.read(root, environment)
        self._copies = {copy.original: copy for copy in self.reading.copies() if copy.original}
        self._binds = {bind.path: bind for bind in form.binds}

    def text(self, node: Node, element: Element | None) -> str:
        """An expression within a text, in words; blank where its place is not there."""
        copy = self._copies.get(element) if element else None
        if copy is None:
            return ""
        context = self.reading.context(copy)
        return written(compile_expression(node)(context), "string", context.zone)

    def offered(self, question: Question, element: Element | None) -> Sequence[Choice]:
        copy = self._copies.get(element) if element else None
        return choices_at(question, copy, self.reading) if copy else question.choices

    def applies(self, element: Element | None) -> bool:
        copy = self._copies.get(element) if element else None
        return copy is not None and copy.applies

    def repeat_applies(self, repeat: PlacedRepeat) -> bool:
        """Also of a repeat that has no instance: it would be asked if there were one."""
        if any(self.applies(instance.element) for instance in repeat.instances):
            return True
        parent = self._copies.get(repeat.parent) if repeat.parent else None
        if parent is None or not parent.applies or repeat.instances:
            return False
        return self._would_apply(repeat.group.path, parent)

    def is_fixed(self, path: str, element: Element | None) -> bool:
        """Whether the form gives the answer itself, or lets nobody change it."""
        bind = self._binds.get(path)
        if bind is not None and bind.calculate is not None:
            return True
        names = path.split("/")
        paths = ["/".join(names[:end]) for end in range(len(names), 1, -1)]
        copy: Element | None = self._copies.get(element) if element else None
        for above in paths:
            if copy is None:
                return False
            if above in self._binds and self._is_readonly(above, copy):
                return True
            copy = copy.parent
        return False

    def _is_readonly(self, path: str, copy: Element) -> bool:
        node = self._binds[path].readonly
        return node is not None and to_boolean(compile_expression(node)(self.reading.context(copy)))

    def _would_apply(self, path: str, parent: Copy) -> bool:
        """Whether an instance of a repeat that is not there yet would apply."""
        bind = self._binds.get(path)
        if bind is None or bind.relevant is None:
            return True
        absent = Element(path.rpartition("/")[2])
        absent.parent = parent
        return to_boolean(compile_expression(bind.relevant)(self.reading.context(absent)))

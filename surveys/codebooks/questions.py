"""How questions were asked, over all versions of a form."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from surveys.codebooks.codebook import Asked
from surveys.formlogic.rules import Bind
from surveys.xforms.definition import FormDef, Texts
from surveys.xforms.writing import Writer

AND = " and "


class Questions:
    """`forms` are all versions of a form, the newest first."""

    def __init__(self, forms: Sequence[FormDef]) -> None:
        self._versions = [_Version(form) for form in forms]

    def asked(self, key: str) -> Asked:
        """What is kept under a key: in the words and under the rules of the newest version."""
        has = [version for version in self._versions if version.has(key)]
        return has[0].asked(key, [one.form.version for one in reversed(has)]) if has else Asked()


class _Version:
    def __init__(self, form: FormDef) -> None:
        self.form, self.writer = form, Writer(form)

    @cached_property
    def binds(self) -> dict[str, Bind]:
        return {bind.path: bind for bind in self.form.binds}

    def path_of(self, key: str) -> str:
        return f"/{self.form.blank.name}/{key}"

    def has(self, key: str) -> bool:
        path = self.path_of(key)
        return path in self.form.by_path or path in self.binds

    def asked(self, key: str, versions: Sequence[str]) -> Asked:
        path = self.path_of(key)
        question, bind = self.form.by_path.get(path), self.binds.get(path, Bind(path))
        return Asked(
            words=self._worded(question.labels if question else {}, path),
            hints=self._worded(question.hints if question else {}, path),
            relevance=AND.join(self._conditions(path)),
            condition=self.writer.expression(bind.relevant, path),
            constraint=self.writer.expression(bind.constraint, path),
            messages=self._worded(question.constraint_messages if question else {}, path),
            versions=tuple(versions),
        )

    def _conditions(self, path: str) -> Iterator[str]:
        """Under which it applies, with those of the groups around, the outermost first."""
        steps = path.split("/")
        arounds = ["/".join(steps[:depth]) for depth in range(2, len(steps) + 1)]
        found = [self.binds[around] for around in arounds if around in self.binds]
        told = [bind for bind in found if bind.relevant]
        for bind in told:
            text = self.writer.expression(bind.relevant, bind.path)
            yield f"({text})" if len(told) > 1 and " or " in text else text

    def _worded(self, texts: Texts, path: str) -> dict[str, str]:
        """By language, where there are words; expressions within as their author wrote them."""
        codes = [language.code for language in self.form.languages] or [""]
        said = {code: self.writer.words(texts.get(code, ""), path) for code in codes}
        return {code: " ".join(words.split()) for code, words in said.items() if words}

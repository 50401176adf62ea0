"""A form as typed values: what is asked, in which words, under which rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

from surveys.formlogic.evaluation import Expression, compile_expression
from surveys.formlogic.logic import Action, Bind, Logic
from surveys.formlogic.spaces import words_of
from surveys.formlogic.syntax import Node
from surveys.formlogic.tree import Element
from surveys.xforms.declarations import Declaration
from surveys.xforms.templates import attributes_of, blank_of, order_of, templates_of

Text: TypeAlias = str | Sequence[str | Node]  # plain, or words and expressions in turn
Texts: TypeAlias = Mapping[str, Text]  # language code -> text
Media: TypeAlias = Mapping[str, Mapping[str, str]]  # image, audio, ... -> language -> file name

SHOWN_ONLY = frozenset({"note"})
SELECTS = frozenset({"select_one", "select_multiple", "rank"})
FILES = frozenset({"image", "audio", "video", "file"})
PLACES = frozenset({"geopoint", "geotrace", "geoshape"})
DIRECT, INDIRECT = "direct", "indirect"  # identifiers: what names somebody, what helps to guess
SEVERAL = frozenset({"select_multiple", "rank"})  # answers are names with spaces between
FORMAT = 3  # of the JSON; versions that were stored in another one are read from their XML again


@dataclass(frozen=True)
class Language:
    """A language of the form, such as code `zh` with name `中文 (zh)`."""

    code: str
    name: str


@dataclass(frozen=True)
class Choice:
    """One row of a list. `columns` are the further columns, by which lists are filtered."""

    name: str
    labels: Texts
    media: Media = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    text_id: str = ""  # by which expressions find the label: jr:itext(itextId)


@dataclass(frozen=True)
class Itemset:
    """Choices that depend on answers, come from a file or from a repeat, or are shuffled.

    `nodes` finds the items, with the question's element as context; `value` and `label` are then
    asked of each item.
    """

    nodes: Node
    value: Node
    label: Node

    @cached_property
    def compiled(self) -> tuple[Expression, Expression, Expression]:
        """All three, ready to be asked."""
        nodes, value, label = map(compile_expression, (self.nodes, self.value, self.label))
        return nodes, value, label

    @property
    def is_whole(self) -> bool:
        """Whether all items of a list or file are offered, in whatever order."""
        nodes = self.nodes
        while nodes[:2] == ["call", "randomize"]:
            nodes = nodes[2][0]
        return bool(self.instance) and not any(predicates for _, _, predicates in nodes[2])

    @property
    def instance(self) -> str:
        """The id of the list or file that the items are of, blank where they are of a repeat."""
        nodes = self.nodes
        while nodes[:2] == ["call", "randomize"]:
            nodes = nodes[2][0]
        is_of_instance = nodes[0] == "path" and nodes[1] and nodes[1][:2] == ["call", "instance"]
        return str(nodes[1][2][0][1]) if is_of_instance else ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a list that hold what is stored and what is shown."""
        texts = (node[2][0] if node[0] == "call" else node for node in (self.value, self.label))
        return tuple(node[2][0][1] for node in texts if node[:2] == ["path", None])


@dataclass(frozen=True)
class Question:
    """One thing to ask or show. `kind` is one of `surveys.xforms.kinds.KINDS`.

    `choices` are all that may ever be offered where the form itself says so; with an `itemset` it
    depends. `parameters` are what the kind needs: start, end, step, max-pixels, rows and so on.
    """

    name: str
    path: str
    kind: str
    labels: Texts
    hints: Texts = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    media: Media = field(default_factory=dict)
    required_messages: Texts = field(default_factory=dict)
    constraint_messages: Texts = field(default_factory=dict)
    appearance: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    list_name: str = ""  # the list in FormDef.lists from which `choices` come
    itemset: Itemset | None = None

    @property
    def takes_answer(self) -> bool:
        """Labels above the columns of a table are no questions."""
        return self.kind not in SHOWN_ONLY and "label" not in self.appearances

    @property
    def is_select(self) -> bool:
        return self.kind in SELECTS

    @property
    def appearances(self) -> frozenset[str]:
        return frozenset(self.appearance.split())

    def chosen(self, text: str) -> list[str]:
        """The names in an answer to a select."""
        return words_of(text) if self.kind in SEVERAL else [text] if text else []

    @cached_property
    def names(self) -> frozenset[str]:
        """Of all choices that the form itself says."""
        return frozenset(choice.name for choice in self.choices)

    def offers(self, text: str) -> bool:
        """Whether every choice in an answer is on the question's list; blank chooses none.

        Lists that come from files or repeats are not known here, and offer anything.
        """
        if not self.is_select or (self.itemset and not self.choices):
            return True
        return self.names.issuperset(self.chosen(text))


@dataclass(frozen=True)
class Group:
    """Questions that belong together; a top-level group is a section of the interview.

    Of a repeat, `path` is that of its instances and `count` says how many there are: a number, an
    expression, or None where the enumerator adds and removes them.
    """

    name: str
    path: str
    labels: Texts
    appearance: str = ""
    children: "tuple[Question | Group, ...]" = ()
    hints: Texts = field(default_factory=dict)
    media: Media = field(default_factory=dict)
    is_repeat: bool = False
    count: Node | None = None

    def questions(self) -> Iterator[Question]:
        for child in self.children:
            if isinstance(child, Group):
                yield from child.questions()
            else:
                yield child

    def groups(self) -> Iterator["Group"]:
        """This group and all within."""
        yield self
        for child in self.children:
            if isinstance(child, Group):
                yield from child.groups()


@dataclass(frozen=True)
class FormDef:
    """Everything the server knows of a published form.

    `template` is its blank instance as the XForm has it, with the templates of repeats
    (`jr:template`). `audit` are the parameters of its question of type `audit`, None where nobody
    wants a log. `lists` are the choice lists by instance id, `files` the names of further
    instances' files by instance id, `media` the file names that labels and choices show.
    """

    form_id: str
    version: str
    title: str
    languages: tuple[Language, ...]
    default_language: str
    template: str
    children: tuple[Question | Group, ...]
    binds: tuple[Bind, ...]
    preloads: Mapping[str, str]  # path -> "timestamp start", "property deviceid", ...
    roles: Mapping[str, str]  # "site", "enumerator", "city", "consent", "case" -> path
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    media: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    instance_name: str = ""  # path of meta/instanceName where the form computes one
    entities: tuple[Declaration, ...] = ()
    audit: Mapping[str, str] | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def logic(self) -> Logic:
        return Logic.from_binds(self.binds, self.repeats, self.actions, self._in_labels)

    @cached_property
    def _in_labels(self) -> Mapping[str, tuple[Node, ...]]:
        """The expressions in the labels of choices, of all languages, by path of the select."""
        found = {question.path: tuple(_outputs(question.choices)) for question in self.questions}
        return {path: outputs for path, outputs in found.items() if outputs}

    @cached_property
    def repeats(self) -> Mapping[str, Node | None]:
        """Path of each repeat -> its count, None where people add and remove."""
        return {group.path: group.count for group in self._root.groups() if group.is_repeat}

    def repeat_around(self, path: str) -> str:
        """The innermost repeat that a path without places is in, blank where it is in none."""
        around = [repeat for repeat in self.repeats if path.startswith(f"{repeat}/")]
        return max(around, key=len, default="")

    @cached_property
    def blank(self) -> Element:
        """The instance as its author left it, counted repeats without instances; to be copied."""
        return blank_of(self.template, self.counted)

    @cached_property
    def templates(self) -> Mapping[str, Element]:
        """Path of each repeat -> a blank instance of it, to be copied."""
        return templates_of(self.template, self.repeats, self.counted)

    @cached_property
    def order(self) -> Mapping[str, tuple[str, ...]]:
        """Path of each group -> the names below it, in order."""
        return order_of(self.template)

    @cached_property
    def attributes(self) -> Mapping[str, Mapping[str, str]]:
        """The attributes of the blank instance, by path, where there are any."""
        return attributes_of(self.template)

    @cached_property
    def counted(self) -> frozenset[str]:
        """The repeats of which an expression says how many instances there are."""
        return frozenset(path for path, count in self.repeats.items() if count is not None)

    @cached_property
    def _root(self) -> Group:
        return Group("", "", {}, children=self.children)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """All groups and repeats, each before those within it."""
        return tuple(self._root.groups())[1:]

    @cached_property
    def dividing(self) -> Mapping[str, Question]:
        """The questions by which people can be divided, by name: numbers, and choices from lists."""
        return {
            q.name: q for q in self.questions if q.kind in ("integer", "decimal") or q.is_select
        }

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self._root.questions())

    @cached_property
    def by_path(self) -> Mapping[str, Question]:
        """Questions by path without places: `/data/member/age`, also for `/data/member[2]/age`."""
        return {question.path: question for question in self.questions}

    def question_at(self, place: str) -> Question | None:
        """The question at a place, from the root (`/data/member[2]/age`) or below it (`member[2]/age`)."""
        path = place if place.startswith("/") else f"/{self.blank.name}/{place}"
        return self.by_path.get(without_places(path))

    def identifying(self, tag: str) -> frozenset[str]:
        """The paths that the workbook tags as `direct` or `indirect` identifiers."""
        return frozenset(path for path, given in self.identifiers.items() if given == tag)

    def expressions(self) -> Iterator[Node]:
        """Every expression of the form's logic; those within labels are not among them."""
        rules = ("required", "relevant", "constraint", "calculate", "readonly")
        found = [getattr(bind, name) for bind in self.binds for name in rules]
        found += [action.value for action in self.actions]
        found += self.repeats.values()
        for itemset in (question.itemset for question in self.questions):
            found += (itemset.nodes, itemset.value, itemset.label) if itemset else ()
        return filter(None, found)

    @cached_property
    def needed_files(self) -> tuple[str, ...]:
        """The names of all files that must be published with the form."""
        return tuple(dict.fromkeys((*self.files.values(), *self.media)))

    @cached_property
    def sections(self) -> tuple[Group, ...]:
        """Top-level groups in order; questions outside of any group make sections of their own."""
        sections: list[Group] = []
        loose: list[Question] = []
        for child in (*self.children, None):
            if isinstance(child, Question):
                loose.append(child)
                continue
            if loose:
                sections.append(Group("", "", {}, children=tuple(loose)))
                loose = []
            if child is not None:
                sections.append(child)
        return tuple(sections)

    def language_for(self, code: str) -> str:
        """The form's language nearest to a browser's, such as `zh` for `zh-hans`."""
        short = code.split("-")[0].lower()
        codes = [language.code for language in self.languages]
        return next((c for c in codes if c.split("-")[0].lower() == short), self.default_language)

    def parts(self, texts: Texts, language: str) -> Sequence[str | Node]:
        """Words and expressions in turn, in a language, else in the default one, else in any."""
        found = texts.get(language) or texts.get(self.default_language)
        found = found or next(iter(texts.values()), "")
        return [found] if isinstance(found, str) else found

    def text(self, texts: Texts, language: str, say: Callable[[Node], str] = lambda _: "…") -> str:
        """The text as plain words; `say` tells what an expression within it comes to."""
        parts = self.parts(texts, language)
        return "".join(part if isinstance(part, str) else say(part) for part in parts)

    def to_json(self) -> dict[str, Any]:
        """As JSON; choices are kept once, in their lists."""
        lean = replace(self, children=tuple(map(_without_choices, self.children)))
        return {"format": FORMAT, **asdict(lean)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "FormDef":
        lists = {
            name: tuple(Choice(**choice) for choice in choices)
            for name, choices in document["lists"].items()
        }
        return cls(
            **{
                **{key: value for key, value in document.items() if key != "format"},
                "languages": tuple(Language(**language) for language in document["languages"]),
                "children": tuple(_node_from_json(child, lists) for child in document["children"]),
                "binds": tuple(Bind(**bind) for bind in document["binds"]),
                "lists": lists,
                "media": tuple(document["media"]),
                "actions": tuple(Action(**action) for action in document["actions"]),
                "entities": tuple(Declaration(**one) for one in document.get("entities", ())),
            }
        )


def without_places(path: str) -> str:
    """`/data/member/age` of `/data/member[2]/age`."""
    if "[" not in path:
        return path
    return "/".join(step.partition("[")[0] for step in path.split("/"))


def _outputs(choices: Iterable[Choice]) -> Iterator[Node]:
    texts = (text for choice in choices for text in choice.labels.values())
    for text in texts:
        if not isinstance(text, str):
            yield from (part for part in text if not isinstance(part, str))


def _without_choices(child: Question | Group) -> Question | Group:
    if isinstance(child, Group):
        return replace(child, children=tuple(map(_without_choices, child.children)))
    return replace(child, choices=()) if child.list_name else child


def _node_from_json(
    document: Mapping[str, Any], lists: Mapping[str, tuple[Choice, ...]]
) -> Question | Group:
    if "children" in document:
        children = tuple(_node_from_json(child, lists) for child in document["children"])
        return Group(**{**document, "children": children})
    own = tuple(Choice(**choice) for choice in document["choices"])
    itemset = document["itemset"]
    return Question(
        **{
            **document,
            "choices": lists.get(document["list_name"], own),
            "itemset": Itemset(**itemset) if itemset else None,
        }
    )

"""The columns `appearance` and `parameters`: words that the type of the question knows."""

import re
from collections.abc import Callable, Iterator, Mapping

from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.question_types import QuestionType
from surveys.xforms.linting.source import Item, Source
from surveys.xforms.linting.spelling import nearest
from surveys.xforms.linting.vocabulary import ALL_APPEARANCES, APPEARANCES, PARAMETERS

DRAWN = frozenset({"signature", "draw", "annotate"})
OPEN_ENDED = re.compile(r"w\d+|columns-\d+|compact-\d+|(?:ex|printer|intent|search|map):?\(?.*")
_PAIR = re.compile(r"[^\s=,;]+=[^\s=,;]+")
_SPLIT = re.compile(r"[\s,;]+")
_REFERENCE = re.compile(r"\$\{[^}]+\}")


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _is_yes_or_no(text: str) -> bool:
    return text in ("true", "false")


CHECKS: Mapping[str, tuple[Callable[[str], object], str]] = {  # and an example of a good value
    "start": (_is_number, "start=0"),
    "end": (_is_number, "end=10"),
    "step": (_is_number, "step=1"),
    "tick_interval": (_is_number, "tick_interval=2"),
    "placeholder": (_is_number, "placeholder=5"),
    "rows": (str.isdigit, "rows=5"),
    "max-pixels": (str.isdigit, "max-pixels=1024"),
    "randomize": (_is_yes_or_no, "randomize=true"),
    "capture-accuracy": (_is_number, "capture-accuracy=10"),
    "warning-accuracy": (_is_number, "warning-accuracy=100"),
    "allow-mock-accuracy": (_is_yes_or_no, "allow-mock-accuracy=true"),
    "track-changes": (_is_yes_or_no, "track-changes=true"),
    "identify-user": (_is_yes_or_no, "identify-user=true"),
    "seed": (lambda text: _is_number(text) or _REFERENCE.fullmatch(text), "seed=123"),
    "quality": ({"voice-only", "low", "normal", "external"}.__contains__, "quality=normal"),
}


def check_looks(source: Source) -> Iterator[Finding]:
    for item in source.items:
        if cell := item.row["appearance"]:
            yield from _check_appearance(item.type, cell)
        if cell := item.row["parameters"]:
            yield from _check_parameters(item, cell)
        is_photo = item.type.base == "image" and not DRAWN & set(
            item.row["appearance"].text.split()
        )
        if is_photo and "max-pixels" not in item.row["parameters"].text:
            yield item.row["type"].note(
                "large-photo",
                gettext_noop("Photos are sent full size. `max-pixels=1024` makes them small."),
            )


def _check_appearance(type_: QuestionType, cell: Cell) -> Iterator[Finding]:
    known = APPEARANCES.get(type_.base, frozenset())
    text = cell.text.strip()
    words = [text] if "(" in text or ":" in text else text.split()
    for word in words:
        if word in known or OPEN_ENDED.fullmatch(word) or not type_.base or "${" in text:
            continue
        if word in ALL_APPEARANCES:
            yield cell.warning(
                "appearance",
                gettext_noop("The appearance `%(word)s` is not one of this type and is ignored."),
                at=cell.text.find(word),
                word=word,
            )
        elif meant := nearest(word, ALL_APPEARANCES):
            yield cell.warning(
                "appearance",
                gettext_noop("The appearance `%(word)s` is not known. Did you mean `%(meant)s`?"),
                at=cell.text.find(word),
                word=word,
                meant=meant,
            )
        else:
            yield cell.warning(
                "appearance",
                gettext_noop("The appearance `%(word)s` is not known and is ignored."),
                at=cell.text.find(word),
                word=word,
            )


def parameters_of(text: str) -> dict[str, str]:
    """As pyxform reads them; what is no pair is left out."""
    pairs = (word.partition("=") for word in _SPLIT.split(text) if _PAIR.fullmatch(word))
    return {key.lower(): value for key, _, value in pairs}


def _check_parameters(item: Item, cell: Cell) -> Iterator[Finding]:
    text = re.sub(r"\s*=\s*", "=", cell.text.strip())
    for word in _SPLIT.split(text):
        if word and not _PAIR.fullmatch(word):
            yield cell.error(
                "bad-parameters",
                gettext_noop(
                    "`%(word)s` is not understood. Write `name=value`, with spaces between."
                ),
                at=cell.text.find(word),
                word=word,
            )
            return
    known = PARAMETERS.get("from_file" if item.type.is_from_file else item.type.base)
    if known is None and item.type.base:
        yield cell.warning(
            "bad-parameters", gettext_noop("Questions of this type take no parameters.")
        )
        return
    parameters = parameters_of(text)
    for key, value in parameters.items():
        yield from _check_parameter(cell, key, value, known or frozenset())
    if item.type.base == "range":
        yield from _check_range(cell, parameters)
    if "seed" in parameters and "randomize" not in parameters:
        yield cell.error("bad-parameters", gettext_noop("`seed` needs `randomize=true`."))


def _check_parameter(cell: Cell, key: str, value: str, known: frozenset[str]) -> Iterator[Finding]:
    place = cell.text.lower().find(key)
    if key not in known:
        if meant := nearest(key, known):
            yield cell.error(
                "bad-parameters",
                gettext_noop("The parameter `%(key)s` is not known. Did you mean `%(meant)s`?"),
                at=place,
                key=key,
                meant=meant,
            )
        else:
            yield cell.error(
                "bad-parameters",
                gettext_noop("The parameter `%(key)s` is not known here, only %(known)s."),
                at=place,
                key=key,
                known=", ".join(sorted(known)),
            )
        return
    check, example = CHECKS.get(key, (bool, ""))
    if not check(value):
        yield cell.error(
            "bad-parameters",
            gettext_noop("`%(key)s=%(value)s` is not right. Write something like `%(example)s`."),
            at=place,
            key=key,
            value=value,
            example=example,
        )


def _check_range(cell: Cell, parameters: Mapping[str, str]) -> Iterator[Finding]:
    bounds = [parameters.get(key, usual) for key, usual in (("start", "1"), ("end", "10"))]
    step = parameters.get("step", "1")
    if not all(map(_is_number, (*bounds, step))):
        return
    width = abs(float(bounds[1]) - float(bounds[0]))
    if float(step) <= 0 or float(step) > width:
        yield cell.error(
            "bad-parameters",
            gettext_noop("The step %(step)s does not fit between %(start)s and %(end)s."),
            step=step,
            start=bounds[0],
            end=bounds[1],
        )

"""The sheet `scheme`: a name and a value a row, with usual values for what is left out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.maths.fit import USUAL_MISSING
from scoring.maths.rules import number
from scoring.workbooks.notation import share, whole, words
from scoring.workbooks.sheets import Reading, SchemeBook, blank, known, titles, typed
from surveys.errors import gettext_noop
from surveys.xforms.linting.findings import Cell, Finding
from surveys.xforms.linting.spelling import nearest

TITLE, NOTE = "title", "note"  # these may say a language: `title::English (en)`
READERS: Mapping[str, Callable[[str], Any]] = {
    "name": str,
    TITLE: str,
    NOTE: str,
    "default_weights": str,
    "met": share,
    "k": lambda text: [share(word) for word in words(text)],
    "headline_k": share,
    "min_answered_items": share,
    "min_standards": whole(1, 100),
    "min_answered_weight": share,
    "missing_codes": words,
}
USUAL: Mapping[str, Any] = {
    "met": "2/3",
    "k": ["1/5", "1/3", "2/5", "1/2"],
    "headline_k": "1/3",
    "min_answered_items": "1/2",
    "min_answered_weight": "3/4",
    "missing_codes": [*USUAL_MISSING],
}
PROPOSAL = {
    "note_en": "The cutoffs, the bands and the choice of items are proposals for expert review and a pilot.",
    "note_zh": "各项分界值、分档和指标选择均为建议，有待专家评审和试点检验。",
}


@dataclass(frozen=True)
class Settings:
    """The values by name, usual ones among them, and the cells of those that are there."""

    values: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, str]]  # of the title and the note, by language
    cells: Mapping[str, Cell]


def read_settings(book: SchemeBook) -> Reading[Settings]:
    values: dict[str, Any] = dict(USUAL)
    texts: dict[str, dict[str, str]] = {TITLE: {}, NOTE: {}}
    cells: dict[str, Cell] = {}
    for row in book.rows("scheme"):
        key, _, language = (part.strip() for part in row.name.partition("::"))
        if key not in READERS or (language and key not in texts):
            yield from _unknown(row["name"])
        elif row.name in cells:
            yield row["name"].error(
                "same-name", gettext_noop("`%(name)s` is there twice."), name=row.name
            )
        else:
            cells[row.name] = row["value"]
            value = yield from typed(row["value"], READERS[key])
            if key in texts and value:
                texts[key][language] = value
            elif value:
                values[key] = value
    return Settings(values, texts, cells)


def check_missing(book: SchemeBook, settings: Settings) -> Iterator[Finding]:
    """Whether some list has each missing code. Numbers may be typed; what files list is not known."""
    items = [item for item in book.questions.values() if item.type.is_select]
    offered = [book.form.offered(item.path) for item in items]
    if "missing_codes" not in settings.cells or None in offered or not offered:
        return
    names = set[str]().union(*(each or () for each in offered))
    for code in settings.values["missing_codes"]:
        if code not in {*names, *USUAL_MISSING} and number(code) is None:
            yield from known(settings.cells["missing_codes"], code, "choices", sorted(names))


def _unknown(cell: Cell) -> Reading[None]:
    if not cell:
        yield blank(cell, "name")
    elif meant := nearest(cell.text.partition("::")[0], READERS):
        yield cell.error(
            "unknown-name",
            gettext_noop("`%(name)s` is not known here. Did you mean `%(meant)s`?"),
            name=cell.text,
            meant=meant,
        )
    else:
        yield cell.error(
            "unknown-name",
            gettext_noop("`%(name)s` is not known here. What may be set: %(names)s."),
            name=cell.text,
            names=", ".join(READERS),
        )


def head_of(book: SchemeBook, settings: Settings) -> dict[str, Any]:
    """The name, title and note of the document; a form's own name and title serve too."""
    name = settings.values.get("name") or book.form.setting("form_id") or "scheme"
    fallback = book.form.setting("form_title") or name
    note = titles(settings.texts[NOTE], "", "note") if settings.texts[NOTE] else PROPOSAL
    return {"name": name, **titles(settings.texts[TITLE], fallback), **note}


def rules_of(settings: Settings, weighted: int) -> dict[str, Any]:
    """Thresholds and validity; all but one of the standards with a weight must be there."""
    values = settings.values
    return {
        "validity": {
            "min_answered_items": values["min_answered_items"],
            "min_standards": values.get("min_standards") or max(weighted - 1, 1),
            "min_answered_weight": values["min_answered_weight"],
        },
        "met": values["met"],
        "k": values["k"],
        "headline_k": values["headline_k"],
        "missing_codes": values["missing_codes"],
    }

"""A scheme document becomes sheets of a workbook, from which the same document is read."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from scoring.workbooks.notation import (
    exact,
    written_bands,
    written_pairs,
    written_score,
    written_words,
)
from scoring.workbooks.sheets import COLUMNS, SchemeBook, book_of
from surveys.xforms.linting.source import Source
from surveys.xforms.table import JUDGING, SCORE

Cell: TypeAlias = str | int | float | None
Rows: TypeAlias = list[Sequence[Cell]]

ENGLISH, CHINESE = "English (en)", "中文 (zh)"
LABELS = (f"label::{ENGLISH}", f"label::{CHINESE}")
WIDEST = 60  # characters of a column


def workbook_of(document: Mapping[str, Any], original: bytes | None = None) -> bytes:
    """An .xlsx with the scheme's sheets, and with those of the form in `original`.

    Scores of choices stand in the sheet `choices` where they are the same for all who use a list.
    `document` must be one that `parse_scheme` takes. Raises FormError where `original` is no
    workbook, SchemeError where something in the document cannot be said in a cell.
    """
    source = book_of(original) if original else None
    book = load_workbook(BytesIO(original)) if original else Workbook()
    lists = shared_scores(document, source.form) if source else {}
    for name in [
        sheet.title for sheet in book.worksheets if sheet.title.strip().lower() in COLUMNS
    ]:
        del book[name]
    if source is None:
        book.remove(book.worksheets[0])
    elif lists or source.score_column:
        _write_scores(book, source, lists)
    for key, rows in sheets_of(document, source.form if source else None, lists).items():
        _write(book.create_sheet(key), rows)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def sheets_of(
    document: Mapping[str, Any], form: Source | None, lists: Mapping[str, Mapping[str, int]]
) -> dict[str, Rows]:
    """The rows of each sheet, headings first."""
    found: dict[str, Rows] = {
        "scheme": [("name", "value"), *_settings(document)],
        "standards": [("name", *LABELS, "rank"), *_standards(document)],
        "core_contents": [("name", *LABELS), *map(_titled, document["core_contents"])],
        JUDGING: [COLUMNS[JUDGING], *_indicators(document, form, lists)],
        "weights": [("standard", *document["weights"]), *_weights(document)],
        "disaggregation": [
            ("name", *LABELS, "question", "design", "bands"),
            *map(_disaggregation, document["disaggregations"]),
        ],
    }
    if document.get("implied"):
        found["implied"] = [COLUMNS["implied"], *map(_implied, document["implied"])]
    return found


def shared_scores(document: Mapping[str, Any], form: Source) -> dict[str, Mapping[str, int]]:
    """The lists whose choices have one score each, the same for every item that scores them."""
    missing = set(document["missing_codes"])
    found: dict[str, Mapping[str, int]] = {}
    differing: set[str] = set()
    for item in document["items"]:
        name = _list_of(form, item)
        if name and found.setdefault(name, item["scores"]) != item["scores"]:
            differing.add(name)
    return {
        name: scores
        for name, scores in found.items()
        if name not in differing and _fits(form.lists[name].names, scores, missing)
    }


def _list_of(form: Source, item: Mapping[str, Any]) -> str:
    question = form.by_name.get(item["question"])
    if "scores" not in item or question is None or not question.type.is_from_form:
        return ""
    is_whole = question.type.list_name in form.lists and not question.type.has_other
    return question.type.list_name if is_whole else ""


def _fits(names: Sequence[str], scores: Mapping[str, int], missing: set[str]) -> bool:
    """Whether the scores are those of all choices but for missing codes."""
    return len(set(names)) == len(names) and set(names) - missing <= set(scores) <= set(names)


def _write_scores(
    book: Workbook, source: SchemeBook, lists: Mapping[str, Mapping[str, int]]
) -> None:
    """The column `score` of the choices: filled for these lists, as it is for no others."""
    choices = source.scored.choices
    sheet = next(s for s in book.worksheets if choices and s.title == choices.name)
    column = source.score_column.number if source.score_column else sheet.max_column + 1
    _put(sheet, 1, column, SCORE)
    for list_ in source.scored.lists.values():
        for row in list_.rows:
            number = lists.get(list_.name, {}).get(row.name)
            _put(sheet, row.number, column, None if number is None else _score(number))


def _score(number: int) -> Cell:
    text = written_score(number)
    return int(text) if text.isdigit() else text


def _settings(document: Mapping[str, Any]) -> Iterator[tuple[Cell, Cell]]:
    validity = document["validity"]
    yield "name", document["name"]
    for key in ("title", "note"):
        yield f"{key}::{ENGLISH}", document[f"{key}_en"]
        yield f"{key}::{CHINESE}", document[f"{key}_zh"]
    yield "default_weights", document["default_weights"]
    yield "met", str(exact(document["met"]))
    yield "k", " ".join(str(exact(k)) for k in document["k"])
    yield "headline_k", str(exact(document["headline_k"]))
    yield "min_answered_items", str(exact(validity["min_answered_items"]))
    yield "min_standards", validity["min_standards"]
    yield "min_answered_weight", str(exact(validity["min_answered_weight"]))
    yield "missing_codes", written_words(document["missing_codes"])


def _titled(part: Mapping[str, Any]) -> tuple[Cell, Cell, Cell]:
    return part["name"], part["title_en"], part["title_zh"]


def _standards(document: Mapping[str, Any]) -> Rows:
    return [(*_titled(standard), standard["rank"]) for standard in document["standards"]]


def _weights(document: Mapping[str, Any]) -> Rows:
    """In percent; blank where a standard is beside the index."""
    names = [standard["name"] for standard in document["standards"]]
    columns = document["weights"].values()
    return [(name, *(_percent(points.get(name, 0)) for points in columns)) for name in names]


def _percent(points: int) -> Cell:
    if not points:
        return None
    return points // 100 if points % 100 == 0 else points / 100


def _disaggregation(by: Mapping[str, Any]) -> Sequence[Cell]:
    levels = written_bands(by["bands"]) if "bands" in by else None
    return (*_titled(by), by.get("question"), by.get("design"), levels)


def _implied(implied: Mapping[str, Any]) -> Sequence[Cell]:
    return written_pairs(implied["when"]), written_words(implied["items"]), implied["score"]


def _indicators(
    document: Mapping[str, Any], form: Source | None, lists: Mapping[str, Mapping[str, int]]
) -> Rows:
    return [
        tuple(
            _item(item, is_by_list=bool(form and _list_of(form, item) in lists)).get(column)
            for column in COLUMNS[JUDGING]
        )
        for item in document["items"]
    ]


def _item(item: Mapping[str, Any], *, is_by_list: bool) -> Mapping[str, Cell]:
    plain = ("name", "question", "standard", "core_content", "cutoff", "applies")
    return {
        **{column: item[column] for column in plain if column in item},
        **({} if is_by_list else _rule(item)),
    }


def _rule(item: Mapping[str, Any]) -> Mapping[str, Cell]:
    """The columns that say how an item is scored."""
    if "scores" in item:
        scores = {code: written_score(number) for code, number in item["scores"].items()}
        return {"scores": written_pairs(scores)}
    if "bands" in item:
        return {"scores": written_bands(item["bands"])}
    if "per_person_bands" in item:
        return {"scores": written_bands(item["per_person_bands"]), "area": item["area"]}
    if "by_count" in item:
        return {
            "count": written_words(item["options"]),
            "none": item["none"],
            "scores": " ".join(map(str, item["by_count"])),
        }
    if "income_ratio" in item:
        midpoints = {band: exact(value) for band, value in item["midpoints"].items()}
        return {
            "midpoints": written_pairs(midpoints),
            "average": item["average"],
            "minimum": item["minimum"],
            "scores": written_bands(item["income_ratio"]),
        }
    return {"expression": item["expression"]}


def _write(sheet: Worksheet, rows: Rows) -> None:
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            _put(sheet, number, column, value)
    for column in range(1, len(rows[0]) + 1):
        longest = max(len(str(row[column - 1] or "")) for row in rows)
        width = min(longest, WIDEST) + 2
        sheet.column_dimensions[get_column_letter(column)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"


def _put(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    """Texts stay texts: spreadsheet programs take `=…` for a formula and `1/3` for a day."""
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=len(value) > WIDEST, vertical="top")

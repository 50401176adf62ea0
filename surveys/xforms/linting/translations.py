"""Languages: columns that belong together, codes, and texts that are missing in one of them."""

from collections.abc import Iterator

from pyxform.validators.pyxform.iana_subtags.validation import get_languages_with_bad_tags

from surveys.errors import gettext_noop
from surveys.xforms.itext import language_code
from surveys.xforms.linting.findings import Finding
from surveys.xforms.linting.sheets import Column, FormSheet
from surveys.xforms.linting.source import Source
from surveys.xforms.linting.spelling import nearest
from surveys.xforms.linting.vocabulary import MEDIA, TRANSLATED

FEW = 5  # blank cells that are named one by one


def check_translations(source: Source) -> Iterator[Finding]:
    yield from _check_codes(source)
    yield from _check_default(source)
    for sheet in source.sheets:
        if any(source.languages):
            yield from _check_columns(source, sheet)
            yield from _check_cells(sheet)


def _heading_of(source: Source, language: str) -> tuple[FormSheet, Column]:
    return next(
        (sheet, column)
        for sheet in source.sheets
        for column in sheet.columns
        if column.key in TRANSLATED[sheet.key] and column.language == language
    )


def _check_codes(source: Source) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for language in filter(None, source.languages):
        sheet, column = _heading_of(source, language)
        code = language_code("".join(language.lower().split()))
        if code in seen:
            yield sheet.heading(column).error(
                "language-twice",
                gettext_noop(
                    "`%(language)s` and `%(other)s` would be two languages. Write both the same."
                ),
                language=language,
                other=seen[code],
            )
        elif get_languages_with_bad_tags([language]):
            yield sheet.heading(column).warning(
                "language-code",
                gettext_noop(
                    "The language `%(language)s` has no known code. Write it behind the name, such "
                    "as `English (en)`."
                ),
                language=language,
            )
        seen.setdefault(code, language)


def _check_default(source: Source) -> Iterator[Finding]:
    default = source.setting("default_language")
    languages = list(filter(None, source.languages))
    if not default or not languages or default in languages or source.setting_row is None:
        return
    meant = nearest(default, languages) or next(
        (language for language in languages if default.lower() in language.lower()), languages[0]
    )
    yield source.setting_row["default_language"].error(
        "default-language",
        gettext_noop(
            "No column is in the default language `%(language)s`. Did you mean `%(meant)s`?"
        ),
        language=default,
        meant=meant,
    )


def _check_columns(source: Source, sheet: FormSheet) -> Iterator[Finding]:
    """Every kind of text in every language of the form."""
    languages = [language for language in source.languages if language]
    for key in sorted(TRANSLATED[sheet.key] - MEDIA):
        columns = sheet.columns_of(key)
        there = {column.language for column in columns}
        if not there:
            continue
        if "" in there:
            column = next(column for column in columns if not column.language)
            if source.setting("default_language") not in languages or len(there) > 1:
                yield sheet.heading(column).warning(
                    "no-language",
                    gettext_noop(
                        "Say in the heading which language this is, such as `%(key)s::%(language)s`."
                    ),
                    key=key,
                    language=languages[0],
                )
        for language in languages:
            is_default = language == source.setting("default_language") and "" in there
            if language not in there and there != {""} and not is_default:
                yield sheet.heading(columns[0]).warning(
                    "missing-column",
                    gettext_noop("There is no column `%(key)s::%(language)s`."),
                    key=key,
                    language=language,
                )


def _check_cells(sheet: FormSheet) -> Iterator[Finding]:
    """Cells that are blank in one language and not in another."""
    for key in sorted(TRANSLATED[sheet.key]):
        columns = sheet.columns_of(key)
        if len(columns) < 2:
            continue
        for column in columns:
            others = [other for other in columns if other is not column]
            rows = [
                row
                for row in sheet.rows
                if not row.cell(column).text and any(row.cell(other).text for other in others)
            ]
            if len(rows) <= FEW:
                for row in rows:
                    yield row.cell(column).warning(
                        "missing-text", gettext_noop("The text is missing in this language.")
                    )
            else:
                yield (
                    rows[0]
                    .cell(column)
                    .warning(
                        "missing-text",
                        gettext_noop(
                            "%(count)s texts are missing in this language: rows %(rows)s."
                        ),
                        count=len(rows),
                        rows=numbers(row.number for row in rows),
                    )
                )


def numbers(rows: Iterator[int]) -> str:
    """`2, 5-7, 12` of the numbers 2, 5, 6, 7, 12."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)

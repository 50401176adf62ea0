"""A codebook as DDI-Codebook 2.5 (ddialliance.org): what archives and their catalogues read."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found]

from surveys.codebooks.codebook import Chapter, Codebook, Entry
from surveys.codebooks.tally import Scalar
from surveys.variables.missing import Missing
from surveys.variables.variable import Kind, Measure, Value, Variable

DDI = "ddi:codebook:2_5"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = f"{DDI} https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NO_LANGUAGE = "und"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CODES, NUMBERS, MOMENTS = "code", "numeric", "datetime"
REPRESENTATIONS: Mapping[Kind, str] = {
    Kind.CHOICE: CODES,
    Kind.FLAG: CODES,
    Kind.INTEGER: NUMBERS,
    Kind.DECIMAL: NUMBERS,
    Kind.DATE: MOMENTS,
    Kind.DATETIME: MOMENTS,
    Kind.TEXT: "text",
}
WHOLE = frozenset({Kind.INTEGER, Kind.FLAG, Kind.CHOICE})

E = ElementMaker(namespace=DDI, nsmap={None: DDI, "xsi": XSI})


def ddi_of(
    book: Codebook, reasons: Mapping[str, Mapping[Missing, str]], files: Mapping[str, Sequence[str]]
) -> bytes:
    """`reasons` are our words for gaps by language, `files` the names of data files by table."""
    root = E.codeBook(
        E.docDscr(E.citation(_titles(book), E.verStmt(E.version(book.digest)))),
        _study(book),
        *(_file(chapter, files.get(chapter.name, ())) for chapter in book.chapters),
        _data(book, reasons),
        {"version": "2.5", f"{{{XSI}}}schemaLocation": SCHEMA},
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _titles(book: Codebook) -> Any:
    return E.titlStmt(
        E.titl(_clean(book.survey)), E.altTitl(_clean(book.title)), E.IDNo(book.form_id)
    )


def _study(book: Codebook) -> Any:
    days = ((book.first_day, "start"), (book.last_day, "end"))
    came = [_day(E.collDate(), day, event=event) for day, event in days if day]
    return E.stdyDscr(
        E.citation(_titles(book), E.verStmt(E.version(", ".join(book.versions)))),
        E.stdyInfo(E.sumDscr(*came, E.dataKind("survey data"))),
    )


def _day(element: Any, day: date, **attributes: str) -> Any:
    element.text = day.isoformat()
    element.attrib.update({"date": day.isoformat(), **attributes})
    return element


def _file(chapter: Chapter, names: Sequence[str]) -> Any:
    """One table in however many formats: names of files hold no spaces."""
    dimensions = E.dimensns(E.caseQnty(str(chapter.rows)), E.varQnty(str(len(chapter.entries))))
    text = E.fileTxt(E.fileName(chapter.name), E.fileCont(" ".join(names)), dimensions)
    return E.fileDscr(text, {"ID": _file_id(chapter), "URI": names[0] if names else chapter.name})


def _file_id(chapter: Chapter) -> str:
    return f"F-{chapter.name}"


def _data(book: Codebook, reasons: Mapping[str, Mapping[Missing, str]]) -> Any:
    numbers = count(1)
    return E.dataDscr(
        *(
            _variable(entry, {"ID": f"V{next(numbers)}", "files": _file_id(chapter)}, reasons)
            for chapter in book.chapters
            for entry in chapter.entries
        )
    )


def _variable(
    entry: Entry, attributes: Mapping[str, str], reasons: Mapping[str, Mapping[Missing, str]]
) -> Any:
    """The parts in the order that the schema wants."""
    variable, asked = entry.variable, entry.asked
    parts = [
        *_worded("labl", entry.labels),
        *_question(entry),
        *_valid_range(entry),
        *_invalid(entry),
        *([E.universe(_clean(asked.relevance))] if asked and asked.relevance else []),
        *_statistics(entry),
        *([E.txt(_clean(asked.constraint))] if asked and asked.constraint else []),
        *(_category(value, entry) for value in variable.values),
        *(_flag_category(code, entry) for code in (0, 1) if variable.kind is Kind.FLAG),
        *(
            _gap(reason, number, variable, reasons)
            for reason, number in entry.summary.missing.items()
            if reason
        ),
        *([E.verStmt(E.version(", ".join(asked.versions)))] if asked and asked.versions else []),
        _format(variable),
    ]
    return E.var(*parts, {"name": variable.name, **_nature(variable), **attributes})


def _worded(name: str, texts: Mapping[str, str]) -> list[Any]:
    """An element for each language that has words."""
    return [
        E(name, _clean(text), {LANG: language or NO_LANGUAGE})
        for language, text in texts.items()
        if text
    ]


def _question(entry: Entry) -> list[Any]:
    if entry.asked is None or not entry.asked.words:
        return []
    hints = _worded("ivuInstr", entry.asked.hints)
    return [E.qstn(*_worded("qstnLit", entry.asked.words), *hints)]


def _valid_range(entry: Entry) -> list[Any]:
    spread = entry.summary.spread
    if spread is None or entry.variable.is_text:
        return []
    return [E.valrng(E.range({"min": _number(spread.least), "max": _number(spread.most)}))]


def _invalid(entry: Entry) -> list[Any]:
    """The numbers that stand for reasons of gaps in SPSS."""
    found = [reason for reason in entry.summary.missing if reason]
    if not found or entry.variable.is_moment:
        return []
    return [E.invalrng(*(E.item({"VALUE": str(reason.number)}) for reason in found))]


def _statistics(entry: Entry) -> list[Any]:
    summary, spread = entry.summary, entry.summary.spread
    told: dict[str, str] = {"vald": str(summary.valid), "invd": str(sum(summary.missing.values()))}
    if spread is not None:
        told |= {"min": _number(spread.least), "max": _number(spread.most)}
        told |= {"medn": _number(spread.median)}
        told |= {"mean": _number(spread.mean)} if spread.mean is not None else {}
    return [E.sumStat(value, {"type": name}) for name, value in told.items()]


def _category(value: Value, entry: Entry) -> Any:
    labels = _worded("labl", value.labels)
    return E.catgry(
        E.catValu(str(value.code)), *labels, _frequency(entry.summary.count(value.code))
    )


def _flag_category(code: int, entry: Entry) -> Any:
    return E.catgry(E.catValu(str(code)), _frequency(entry.summary.count(code)))


def _gap(
    reason: Missing, number: int, variable: Variable, reasons: Mapping[str, Mapping[Missing, str]]
) -> Any:
    """A reason in the form's own words where it has some."""
    ours = {language: words[reason] for language, words in reasons.items()}
    words = {**ours, **variable.unsaid.get(reason, {})}
    return E.catgry(
        E.catValu(str(reason.number)), *_worded("labl", words), _frequency(number), {"missing": "Y"}
    )


def _frequency(number: int) -> Any:
    return E.catStat(str(number), {"type": "freq"})


def _format(variable: Variable) -> Any:
    kind = {"type": "character" if variable.is_text else "numeric"}
    return E.varFormat({**kind, "category": "date"} if variable.is_moment else kind)


def _nature(variable: Variable) -> dict[str, str]:
    is_scale = variable.measure is Measure.SCALE
    decimals = {"dcml": "0"} if variable.kind in WHOLE else {}
    return {
        "intrvl": "contin" if is_scale else "discrete",
        "representationType": REPRESENTATIONS[variable.kind],
        **({} if is_scale else {"nature": "nominal"}),
        **decimals,
    }


def _number(value: Scalar) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:.15g}"


def _clean(text: str) -> str:
    """Without characters that XML has no place for."""
    return NO_XML.sub("", text)

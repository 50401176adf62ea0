"""DDI-Codebook 2.5: the structure of the standard, element by element in its order, and what it says.

The schema itself is in no registry that we may use; the orders and attributes below are the standard's.
"""

from collections.abc import Mapping
from datetime import date

from lxml import etree

from surveys.codebooks.codebook import Asked, Chapter, Codebook, Entry
from surveys.codebooks.ddi import DDI, ddi_of
from surveys.codebooks.tally import Spread, Summary
from surveys.variables.missing import Missing
from surveys.variables.variable import Kind, Value, Variable

ORDERS: Mapping[
    str, tuple[str, ...]
] = {  # of the elements that we write, where others may be left out
    "codeBook": ("docDscr", "stdyDscr", "fileDscr", "dataDscr", "otherMat"),
    "docDscr": ("citation", "guide", "docStatus", "docSrc", "controlledVocabUsed", "notes"),
    "citation": (
        *("titlStmt", "rspStmt", "prodStmt", "distStmt", "serStmt", "verStmt", "biblCit"),
        *("holdings", "notes"),
    ),
    "titlStmt": ("titl", "subTitl", "altTitl", "parTitl", "IDNo"),
    "stdyDscr": ("citation", "studyAuthorization", "stdyInfo", "studyDevelopment", "method"),
    "stdyInfo": ("studyBudget", "subject", "abstract", "sumDscr"),
    "sumDscr": ("timePrd", "collDate", "nation", "geogCover", "anlyUnit", "universe", "dataKind"),
    "fileDscr": ("fileTxt", "locMap", "notes"),
    "fileTxt": ("fileName", "fileCitation", "fileCont", "fileStrc", "dimensns", "fileType"),
    "dimensns": ("caseQnty", "varQnty", "logRecL", "recPrCas", "recNumTot"),
    "dataDscr": ("varGrp", "nCubeGrp", "var", "nCube", "notes"),
    "var": (
        *("location", "labl", "imputation", "security", "embargo", "respUnit", "anlysUnit", "qstn"),
        *("valrng", "invalrng", "undocCod", "universe", "TotlResp", "sumStat", "txt", "stdCatgry"),
        *("catgryGrp", "catgry", "codInstr", "verStmt", "concept", "derivation", "varFormat"),
        *("geoMap", "catLevel", "notes"),
    ),
    "qstn": ("preQTxt", "qstnLit", "postQTxt", "forward", "backward", "ivuInstr"),
    "catgry": ("catValu", "labl", "txt", "catStat", "mrow"),
    "verStmt": ("version", "verResp", "notes"),
    "valrng": ("item", "range", "key", "notes"),
    "invalrng": ("item", "range", "key", "notes"),
}
ALLOWED: Mapping[str, frozenset[str]] = {
    "var.intrvl": frozenset({"contin", "discrete"}),
    "var.nature": frozenset({"nominal", "ordinal", "interval", "ratio", "percent", "other"}),
    "var.representationType": frozenset({"text", "numeric", "code", "datetime", "other"}),
    "sumStat.type": frozenset({"mean", "medn", "mode", "vald", "invd", "min", "max", "stdev"}),
    "catStat.type": frozenset({"freq", "percent", "crosstab"}),
    "catgry.missing": frozenset({"Y", "N"}),
    "varFormat.type": frozenset({"character", "numeric"}),
    "varFormat.category": frozenset({"date", "time", "currency", "other"}),
}
REASONS = {"en": {one: one.word for one in Missing}, "zh": dict.fromkeys(Missing, "缺失")}


def book() -> Codebook:
    choice = Variable(
        *("works", "works", Kind.CHOICE, {"en": "Works?", "zh": "工作？"}),
        (Value("yes", 1, {"en": "Yes", "zh": "是"}), Value("no", 2, {"en": "No", "zh": "否"})),
    )
    asked = Asked(
        words={"en": "Do you work?"},
        hints={"en": "Read out"},
        relevance="${age} > 15",
        constraint=". != 3",
        versions=("1", "2"),
    )
    day = date(1996, 2, 29)
    entries = [
        Entry(choice, choice.labels, Summary(3, {1.0: 2, 2.0: 1}, {Missing.REFUSED: 1}), asked),
        Entry(
            Variable("age", "age", Kind.INTEGER),
            {"en": "Age\x0b", "zh": ""},
            Summary(4, {}, {}, Spread(18.0, 20.0, 30.5, 40.0, 90.0, 33.25)),
        ),
        Entry(
            Variable("born", "born", Kind.DATE),
            {},
            Summary(1, {}, {Missing.UNREADABLE: 1}, Spread(day, day, day, day, day)),
        ),
        Entry(Variable("tools", "tools_saw", Kind.FLAG, choice="saw"), {}, Summary(1, {1.0: 1})),
        Entry(Variable("", "site"), {"": "Site"}, Summary(4)),
    ]
    chapters = [Chapter("interviews", 4, entries)]
    return Codebook(
        *("Ours", "House", "house", {"en": "English", "zh": "中文"}, ("1", "2"), chapters, "abc"),
        *(date(2026, 1, 1), date(2026, 2, 1)),
    )


def written() -> etree._Element:
    files = {"interviews": ("interviews.csv", "interviews.dta")}
    return etree.fromstring(ddi_of(book(), REASONS, files))


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def test_every_element_is_where_the_standard_wants_it() -> None:
    met = set()
    for element in written().iter(etree.Element):
        assert etree.QName(element).namespace == DDI
        order = ORDERS.get(local(element), ())
        within = [order.index(local(child)) for child in element]
        assert within == sorted(within), local(element)
        met.add(local(element))
    assert set(ORDERS) <= met


def test_attributes_have_the_words_of_the_standard() -> None:
    for element in written().iter(etree.Element):
        for name, value in element.attrib.items():
            allowed = ALLOWED.get(f"{local(element)}.{name!s}")
            assert allowed is None or str(value) in allowed, (local(element), name)


def test_ids_are_single_and_references_lead_somewhere() -> None:
    root = written()
    ids = [found for one in root.iter(etree.Element) if (found := one.get("ID"))]
    assert len(ids) == len(set(ids)) == 6
    assert {one.get("files") for one in root.iterfind(".//{*}var")} <= set(ids)


def test_what_it_says() -> None:
    root = written()
    works, age, born, flag, _ = root.iterfind(".//{*}var")
    assert [one.text for one in works.iterfind("{*}labl")] == ["Works?", "工作？"]
    told = [
        (one.findtext("{*}catValu"), one.findtext("{*}catStat"))
        for one in works.iterfind("{*}catgry")
    ]
    assert told == [("1", "2"), ("2", "1"), (str(Missing.REFUSED.number), "1")]
    assert works.findtext("{*}universe") == "${age} > 15"
    assert works.findtext("{*}qstn/{*}ivuInstr") == "Read out"
    assert age.findtext("{*}labl") == "Age"
    statistics = {one.get("type"): one.text for one in age.iterfind("{*}sumStat")}
    assert statistics == {
        "vald": "4",
        "invd": "0",
        "min": "18",
        "max": "90",
        "medn": "30.5",
        "mean": "33.25",
    }
    assert born.find("{*}invalrng") is None  # dates have no numbers for gaps
    assert [one.findtext("{*}catStat") for one in flag.iterfind("{*}catgry")] == ["0", "1"]
    assert root.findtext(".//{*}fileCont") == "interviews.csv interviews.dta"

"""What the linter found, as a coordinator reads it: by sheet, in words, filtered, or as CSV."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.exports.csv import csv_lines
from surveys.wording import in_words
from surveys.xforms.linting.findings import ERROR, NOTE, WARNING, Finding

SEVERITIES: dict[str, Promise] = {
    ERROR: gettext_lazy("Must fix"),
    WARNING: gettext_lazy("Check"),
    NOTE: gettext_lazy("Note"),
}
MOST_SHOWN = 500  # on the page; the file has all


@dataclass(frozen=True)
class Row:
    """A finding in the reader's language."""

    finding: Finding
    sentence: str

    @property
    def severity(self) -> str:
        return str(SEVERITIES[self.finding.severity])

    @property
    def cell(self) -> str:
        return f"{self.finding.letter}{self.finding.row or ''}"

    @property
    def marked(self) -> SafeString:
        return marked(self.sentence)


@dataclass(frozen=True)
class Sheet:
    """The findings in one sheet; a blank name stands for the workbook as a whole."""

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Filter:
    """One of the buttons above the findings; a blank severity shows all."""

    severity: str
    label: str
    count: int
    is_active: bool


@dataclass(frozen=True)
class Findings:
    """The findings that are shown, and how to see the others."""

    sheets: Sequence[Sheet]
    filters: Sequence[Filter]
    left_out: int

    @classmethod
    def of(cls, findings: Sequence[Finding], only: str) -> "Findings":
        """`only` is a severity; anything else shows all."""
        found = [f for f in findings if only not in SEVERITIES or f.severity == only]
        rows = [Row(finding, in_words(finding)) for finding in found[:MOST_SHOWN]]
        sheets = [
            Sheet(name, list(of_sheet))
            for name, of_sheet in groupby(rows, key=lambda row: row.finding.sheet)
        ]
        return cls(sheets, tuple(_filters(findings, only)), len(found) - len(rows))


def _filters(findings: Sequence[Finding], only: str) -> Iterator[Filter]:
    counts = Counter(finding.severity for finding in findings)
    yield Filter("", _("All"), len(findings), only not in SEVERITIES)
    for severity, label in SEVERITIES.items():
        if counts[severity]:
            yield Filter(severity, str(label), counts[severity], severity == only)


def marked(sentence: str) -> SafeString:
    """A sentence whose `names` are set as code."""
    parts = sentence.split("`")
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<code>{}</code>", part) if odd % 2 else part,)
            for odd, part in enumerate(parts)
        ),
    )


def as_csv(findings: Iterable[Finding]) -> str:
    """The findings as a table for spreadsheet programs, which take a formula for what it says."""
    header = (
        _("Severity"), _("Sheet"), _("Cell"), _("Row"), _("Column"), _("Question"), _("Finding"),
    )  # fmt: skip
    return "".join(csv_lines(header, map(_cells, findings)))


def _cells(finding: Finding) -> list[str]:
    row = Row(finding, in_words(finding))
    place = (finding.sheet, row.cell, finding.row, finding.column, finding.name)
    told = ["" if cell is None else str(cell) for cell in place]
    return [row.severity, *told, row.sentence]

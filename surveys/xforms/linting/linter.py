"""The linter: every check over one form, and at last the conversion itself."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from surveys.errors import SurveyError, gettext_noop
from surveys.xforms.definition import FormDef
from surveys.xforms.linting.choices import check_choices
from surveys.xforms.linting.circles import check_circles, check_order
from surveys.xforms.linting.contradictions import check_contradictions
from surveys.xforms.linting.conversion import converted
from surveys.xforms.linting.defaults import check_defaults
from surveys.xforms.linting.entities import check_entities
from surveys.xforms.linting.expressions import read_expressions
from surveys.xforms.linting.features import check_features
from surveys.xforms.linting.findings import ERROR, Cell, Finding
from surveys.xforms.linting.headings import check_headings
from surveys.xforms.linting.identifiers import check_identifiers, with_identifiers
from surveys.xforms.linting.looks import check_looks
from surveys.xforms.linting.meaning import check_meaning
from surveys.xforms.linting.names import check_names
from surveys.xforms.linting.outline import check_outline
from surveys.xforms.linting.portability import check_portability
from surveys.xforms.linting.references import check_references
from surveys.xforms.linting.rules import check_rules
from surveys.xforms.linting.settings import check_settings
from surveys.xforms.linting.slips import check_slips
from surveys.xforms.linting.source import Source
from surveys.xforms.linting.translations import check_translations
from surveys.xforms.table import without_scores
from surveys.xforms.workbook import FormError, read_workbook

OF_ROWS = (
    check_outline,
    check_names,
    check_references,
    check_defaults,
    check_looks,
    check_rules,
    check_settings,
    check_translations,
    check_features,
    check_entities,
    check_identifiers,
)
OF_EXPRESSIONS = (
    check_meaning,
    check_portability,
    check_contradictions,
    check_circles,
    check_order,
    check_choices,
)
MOST_OF_A_KIND = 50  # findings of one code in one sheet; the rest are counted


@dataclass(frozen=True)
class Review:
    """What was found in a workbook, and the form it makes where nothing keeps it from being one.

    There may be a form in spite of errors: those about what the workbook holds beside it.
    """

    findings: tuple[Finding, ...]
    xml: bytes | None = None
    form: FormDef | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == ERROR)


def lint(workbook: bytes) -> tuple[Finding, ...]:
    """Everything there is to say about the form in a workbook, by sheet and row."""
    return review(workbook).findings


def review(workbook: bytes, beside: Sequence[Finding] = ()) -> Review:
    """The findings, and the form itself where there are no errors in it.

    `beside` are findings about what the workbook holds beside its form; they take their places.
    """
    try:
        source = Source(without_scores(read_workbook(workbook)))
    except FormError as error:
        return Review((_unreadable(error),))
    found = list(_check(source))
    conversion = converted(source, found)
    found += conversion.findings
    findings = tuple(_shortened(_in_order(source, [*found, *beside])))
    is_sound = not any(finding.severity == ERROR for finding in found)
    if not is_sound:
        return Review(findings)
    form = conversion.form and with_identifiers(conversion.form, workbook)
    return Review(findings, conversion.xml, form)


def setting_cell(workbook: bytes, key: str) -> Cell:
    """The cell of a setting, of a workbook that makes a form."""
    row = Source(read_workbook(workbook)).setting_row
    return row[key] if row else Cell()


def _unreadable(error: SurveyError) -> Finding:
    return Finding(ERROR, "unreadable", error.message, error.params)


def _check(source: Source) -> Iterator[Finding]:
    yield from check_slips(source)
    if source.survey is None:
        yield Cell().error(
            "no-survey",
            gettext_noop("This workbook is no XLSForm: it has no sheet `survey`, only %(sheets)s."),
            sheets=", ".join(sheet.name for sheet in source.workbook.sheets),
        )
        return
    yield from check_headings(source)
    if not source.survey.columns_of("type"):
        return
    if not source.items:
        yield source.survey.cell.error(
            "no-questions", gettext_noop("The sheet `survey` has no questions.")
        )
    for check in OF_ROWS:
        yield from check(source)
    expressions = read_expressions(source)
    for check_expressions in OF_EXPRESSIONS:
        yield from check_expressions(source, expressions)


def _in_order(source: Source, findings: Iterable[Finding]) -> list[Finding]:
    """By sheet, row, column and place in the cell; what concerns the whole comes first."""
    sheets = {sheet.name: place for place, sheet in enumerate(source.workbook.sheets, 1)}
    return sorted(
        findings,
        key=lambda finding: (
            sheets.get(finding.sheet, 0),
            finding.row or 0,
            len(finding.letter),
            finding.letter,
            finding.position or 0,
        ),
    )


def _shortened(findings: list[Finding]) -> Iterator[Finding]:
    """At most so many of a kind in a sheet, the last saying how many more there are."""
    kinds = Counter((f.code, f.severity, f.sheet) for f in findings)
    shown: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        kind = (finding.code, finding.severity, finding.sheet)
        shown[kind] += 1
        if shown[kind] <= MOST_OF_A_KIND:
            yield finding
        elif shown[kind] == MOST_OF_A_KIND + 1:
            yield replace(
                finding,
                message=gettext_noop("%(count)s more like this are not listed."),
                params={"count": kinds[kind] - MOST_OF_A_KIND},
                position=None,
            )

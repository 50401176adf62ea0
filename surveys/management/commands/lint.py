"""`lint FILE.xlsx`: what is wrong with a form, on the console."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.questionnaires import review
from surveys.wording import in_words
from surveys.xforms.linting.findings import ERROR, NOTE, WARNING, Finding
from surveys.xforms.linting.linter import Review

SIGNS = {ERROR: "✗", WARNING: "!", NOTE: "·"}


class Command(BaseCommand):
    help = "Say what is wrong with an XLSForm workbook. Ends with 1 where it cannot be published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--json", action="store_true", help="one object, for programs")
        parser.add_argument("--language", default="en", metavar="CODE", help="such as zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        reviewed = review(read(options["file"]))
        with translation.override(options["language"]):
            lines = [as_json(reviewed)] if options["json"] else as_text(reviewed.findings)
            self.stdout.writelines(f"{line}\n" for line in lines)
        if reviewed.errors:
            sys.exit(1)


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def as_json(reviewed: Review) -> str:
    findings = [
        {
            "severity": finding.severity,
            "code": finding.code,
            "place": finding.place,
            "sheet": finding.sheet,
            "row": finding.row,
            "letter": finding.letter,
            "column": finding.column,
            "name": finding.name,
            "position": finding.position,
            "sentence": in_words(finding),
        }
        for finding in reviewed.findings
    ]
    document = {"publishable": not reviewed.errors, "findings": findings}
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_text(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings by sheet, and how many there are of each kind."""
    for sheet, of_sheet in groupby(findings, key=lambda finding: finding.sheet):
        yield sheet or _("workbook")
        for finding in of_sheet:
            place = " ".join(filter(None, (finding.place, finding.column)))
            yield f"  {SIGNS[finding.severity]} {' — '.join(filter(None, (place, in_words(finding))))}"
        yield ""
    yield summary(findings)


def summary(findings: Sequence[Finding]) -> str:
    errors, warnings, notes = (
        sum(finding.severity == severity for finding in findings)
        for severity in (ERROR, WARNING, NOTE)
    )
    return ", ".join(
        (
            ngettext("%(count)s error", "%(count)s errors", errors) % {"count": errors},
            ngettext("%(count)s warning", "%(count)s warnings", warnings) % {"count": warnings},
            ngettext("%(count)s note", "%(count)s notes", notes) % {"count": notes},
        )
    )

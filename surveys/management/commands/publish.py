"""`publish FILE.xlsx --survey CODE`: the upload page's service on the console."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys import formfiles, questionnaires
from surveys.errors import SurveyError
from surveys.management.arguments import find_survey
from surveys.management.commands.lint import as_text
from surveys.models import Survey
from surveys.wording import in_words
from surveys.xforms.faults import Fault, UnsupportedForm
from surveys.xforms.linting.findings import ERROR, Finding


class Command(BaseCommand):
    help = "Publish an XLSForm workbook (.xlsx) as a new version of a questionnaire."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument(
            "--media",
            type=Path,
            metavar="DIR",
            help="Lists, pictures and sounds of the form. Without it, the folder FILE-media or "
            "media beside the workbook is taken, if there is one.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        survey = find_survey(options["survey"])
        workbook = read_workbook(options["file"])
        folder = options["media"] or folder_beside(options["file"])
        files = read_files(folder) if folder else {}
        findings = self._check(workbook, survey)
        try:
            version = questionnaires.publish(workbook, survey, files=files)
        except UnsupportedForm as error:
            faults = "\n".join(f"  {said(fault)}" for fault in error.faults)
            raise CommandError(f"The form cannot be published:\n{faults}") from error
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        form = questionnaires.form_of(version)
        languages = ", ".join(language.name for language in form.languages)
        count = version.files.count()
        self.stdout.write(
            f"Published {form.form_id} {form.version} in {survey.code}: "
            f"{questionnaires.count_questions(form)} questions, {languages}"
            f"{f', {count} file' + 's' * (count > 1) if count else ''}."
        )
        unneeded = formfiles.unneeded(form, files)
        if unneeded and folder != options["file"].with_name("media"):  # others may need them
            self.stdout.write(f"Not needed by the form, and not kept: {', '.join(unneeded)}.")
        if findings:
            self.stdout.writelines(f"{line}\n" for line in as_text(findings))

    def _check(self, workbook: bytes, survey: Survey) -> Sequence[Finding]:
        """What there is to remark. Raises CommandError where something must be fixed first."""
        findings = questionnaires.review(workbook).findings
        if [finding.code for finding in findings] == ["unreadable"]:
            raise CommandError(in_words(findings[0]))
        findings = (*findings, *questionnaires.compare(workbook, survey))
        if any(finding.severity == ERROR for finding in findings):
            lines = "\n".join(as_text(findings))
            raise CommandError(f"The form cannot be published:\n{lines}")
        return findings


def said(fault: Fault) -> str:
    return f"{fault.path}: {in_words(fault)}" if fault.path else in_words(fault)


def read_workbook(path: Path) -> bytes:
    if path.suffix.lower() != ".xlsx":
        raise CommandError(f"{path} is no .xlsx file. Save the form as .xlsx and try again.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def folder_beside(workbook: Path) -> Path | None:
    """`form-media/` or `media/` beside `form.xlsx`."""
    folders = (workbook.with_name(f"{workbook.stem}-media"), workbook.with_name("media"))
    return next((folder for folder in folders if folder.is_dir()), None)


def read_files(folder: Path) -> dict[str, bytes]:
    """The files directly in a folder, but hidden ones, by name."""
    try:
        paths = [path for path in sorted(folder.iterdir()) if path.is_file()]
        return {path.name: path.read_bytes() for path in paths if path.name[0] not in ".~"}
    except OSError as error:
        raise CommandError(f"{folder} cannot be read: {error.strerror}.") from error

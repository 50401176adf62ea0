"""`export --survey CODE --format csv --out PATH`: the exports page's files on the console."""

from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Mapping
from datetime import date
from getpass import getuser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from surveys import trail
from surveys.errors import SurveyError
from surveys.exports import catalogue
from surveys.exports.catalogue import Export, Order
from surveys.exports.package import FORMATS
from surveys.exports.selection import Selection
from surveys.layers import Layer
from surveys.management.arguments import find_audience, find_questionnaire, find_survey
from surveys.models import Interview
from surveys.trail import Action
from surveys.variables.listing import Several
from surveys.wording import in_words

OTHERS = {  # what else than interviews
    "estimates": "indicators",
    "corrections": "what the office corrected",
    "scripts": "R, Stata and Python for interviews, with --format zip",
    "package": "interviews in all formats with codebook and scripts, with --format zip",
}


class Command(BaseCommand):
    help = "Write a survey's interviews, corrections or estimates to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        parser.add_argument(
            "--format", default="csv", help="csv, xlsx, dta, sav, parquet, geojson, zip"
        )
        parser.add_argument("--out", type=Path, required=True, metavar="PATH")
        parser.add_argument("--questionnaire", metavar="FORM_ID", help="where there are several")
        parser.add_argument("--labels", default="", metavar="LANG", help="labels, not values")
        parser.add_argument(
            "--layer",
            choices=Layer.values,
            default=Layer.CORRECTED,
            help="interviews as devices sent them, as corrected, or of these what counts",
        )
        parser.add_argument(
            "--several",
            choices=list(Several),
            default=Several.BOTH,
            help="questions with several answers as one text, as 0 and 1 a choice, or both",
        )
        parser.add_argument(
            "--derived",
            action=BooleanOptionalAction,
            help="scores, weights and design beside the answers; without: not in csv",
        )
        parser.add_argument(
            "--audience", default="", metavar="NAME", help="without names, under its pseudonyms"
        )
        parser.add_argument(
            "--formats", nargs="+", choices=FORMATS, default=(), help="of the package; else all"
        )
        parser.add_argument(
            "--files", action="store_true", help="pictures, sounds and the like in the package"
        )
        parser.add_argument("--wave", nargs="+", type=int, default=(), metavar="NUMBER")
        parser.add_argument("--site", nargs="+", default=(), metavar="CODE")
        parser.add_argument("--state", nargs="+", choices=Interview.State.values, default=())
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DAY", help="received on it or later"
        )
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="DAY", help="received on it or earlier"
        )
        for what, meaning in OTHERS.items():
            parser.add_argument(f"--{what}", action="store_true", help=meaning)

    def handle(self, *args: Any, **options: Any) -> None:
        what = next((what for what in OTHERS if options[what]), "submissions")
        try:
            export = catalogue.find(what, options["format"])
            order = order_of(options, export)
            require_extension(export, order, options["out"])
            rows = write(export, order, options["out"])
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        said = f"{what} {options['format']}"
        trail.append(
            f"{getuser()} at the console", Action.TOOK, "export", key=order.survey.code, query=said
        )
        self.stdout.write(f"{rows:,} rows in {options['out']}")


def order_of(options: Mapping[str, Any], export: Export) -> Order:
    """What the operator of the server asks for. Raises CommandError for what is not here."""
    survey = find_survey(options["survey"])
    derived = options["derived"]
    return Order(
        find_questionnaire(options["questionnaire"], survey),
        language=options["labels"],
        layer=Layer(options["layer"]),
        several=Several(options["several"]),
        derived=export.is_statistical if derived is None else derived,
        audience=find_audience(options["audience"], survey),
        formats=tuple(options["formats"]),
        files=options["files"],
        selection=selection_of(options),
    )


def selection_of(options: Mapping[str, Any]) -> Selection:
    return Selection(
        waves=tuple(options["wave"]),
        sites=tuple(options["site"]),
        states=tuple(options["state"]),
        since=options["since"],
        until=options["until"],
    )


def require_extension(export: Export, order: Order, out: Path) -> None:
    """An archive that is called .csv would be opened as one."""
    if export.extension_for(order) == "zip" and out.suffix.lower() != ".zip":
        raise CommandError(
            "The form has repeats or files, or more rows than one file holds: they come as "
            "several files in an archive. "
            f"Name it .zip, such as {out.with_suffix('.zip')}."
        )


def write(export: Export, order: Order, out: Path) -> int:
    """Write beside the target and put it in place whole; rows written."""
    export.require_fit(order)
    expected, written = export.count(order), 0
    with (
        Progress(console=Console(stderr=True), transient=True) as bar,
        TemporaryDirectory(dir=out.parent) as folder,
    ):
        task = bar.add_task(str(export.title), total=expected)

        def tick() -> None:
            nonlocal written
            written += 1
            bar.advance(task)

        export.write(order, Path(folder) / "file", tick)
        catalogue.require_rows(written, expected)
        (Path(folder) / "file").replace(out)
    return written

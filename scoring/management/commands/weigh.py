"""`manage.py weigh`: make weights in stages, or take earlier ones; the indicators use them from then on."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from scoring import pipeline, schemes, weights
from scoring.maths.margins import parse_margins
from scoring.maths.raking import Margin
from surveys.errors import SurveyError
from surveys.fieldwork import current_wave
from surveys.management.arguments import find_survey
from surveys.models import Survey, WeightVersion
from surveys.wording import in_words

NOTHING_ELSE = "--use takes weights as they are: leave out --margins, --base and --no-trim."


class Command(BaseCommand):
    help = (
        "Adjust weights for non-response, rake them to margins, trim them, and show every stage; "
        "or make earlier weights current again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--survey", required=True, metavar="CODE")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--name", metavar="NAME", help="what the new weights are called")
        which.add_argument("--use", metavar="NAME", help="earlier weights to make current again")
        parser.add_argument(
            "--margins",
            metavar="FILE.json",
            help='such as {"a3": {"f": 830000, "m": 1397000}}',
        )
        parser.add_argument("--base", default="", metavar="NAME", help="weights to start from")
        parser.add_argument("--no-trim", action="store_false", dest="is_trimmed")

    def handle(
        self,
        *,
        survey: str,
        name: str | None,
        use: str | None,
        margins: str | None,
        base: str,
        is_trimmed: bool,
        **_: object,
    ) -> None:
        found = find_survey(survey)
        try:
            if use is None:
                known = _read(Path(margins)) if margins else ()
                self._make(found, name or "", known, base, is_trimmed=is_trimmed)
            elif margins or base or not is_trimmed:
                raise CommandError(NOTHING_ELSE)
            else:
                self._use(found, use)
        except SurveyError as error:
            raise CommandError(in_words(error)) from error
        for scheme in found.schemes.all():
            for _step in pipeline.steps(scheme):
                pass

    def _make(
        self, survey: Survey, name: str, margins: tuple[Margin, ...], base: str, *, is_trimmed: bool
    ) -> None:
        scheme, wave = schemes.find(survey), current_wave(survey)
        self._show(weights.make(scheme, wave, name, margins, base=base, is_trimmed=is_trimmed))

    def _use(self, survey: Survey, name: str) -> None:
        version = weights.find(current_wave(survey), name)
        weights.use(version)
        self.stdout.write(f"{version} are the current weights of {survey.code}.")

    def _show(self, version: WeightVersion) -> None:
        for stage in version.stages:
            numbers = {key: value for key, value in stage.items() if key != "name"}
            words = "  ".join(f"{key} {value:,.6g}" for key, value in numbers.items())
            self.stdout.write(f"{stage['name']:10} {words}")


def _read(file: Path) -> tuple[Margin, ...]:
    """The margins of a file. Raises CommandError naming it."""
    try:
        return parse_margins(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except SurveyError as error:
        raise CommandError(f"{file}: {in_words(error)}") from error

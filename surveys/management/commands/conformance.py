"""`conformance VECTORS.json`: recorded evaluations put to our engines of the form language."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.engines import conformance, javascript, python
from surveys.engines.conformance import Engine, Report

ENGINES: Mapping[str, Engine] = {"python": python.answers, "javascript": javascript.answers}


class Command(BaseCommand):
    help = (
        "Run recorded XPath evaluations in both engines. Fails where one passes less than 99 % of "
        "what is expected, or where they disagree."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("vectors", type=Path, metavar="VECTORS.json")
        parser.add_argument("--engine", choices=ENGINES, help="only this one")
        parser.add_argument(
            "--all", action="store_true", help="also what is known not to pass (other suites)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            vectors = conformance.read_vectors(options["vectors"])
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['vectors']} cannot be read: {error}") from error
        exclusions = {} if options["all"] else conformance.read_exclusions()
        names = [options["engine"]] if options["engine"] else list(ENGINES)
        try:
            reports = [conformance.run(name, ENGINES[name], vectors, exclusions) for name in names]
        except javascript.NoNode as error:
            raise CommandError(f"{error} Install it, or ask for `--engine python`.") from error
        self.show(reports, verbosity=options["verbosity"])
        self.compare(reports, vectors)
        for report in reports:
            if report.rate < conformance.EXPECTED_RATE:
                raise CommandError(f"{report.engine} passes less than is expected.")

    def show(self, reports: list[Report], *, verbosity: int) -> None:
        for report in reports:
            self.stdout.write(
                f"{report.engine}: {len(report.passed):,} passed, {len(report.failed):,} failed, "
                f"{len(report.excluded):,} excluded; {report.rate:.2%} of those expected"
            )
            if verbosity >= 2:
                for place, fault in report.failed.items():
                    self.stdout.write(f"  {place}: {fault}")
        for category, count in Counter(reports[0].excluded.values()).most_common():
            self.stdout.write(f"  {count:4} excluded: {category}")

    def compare(self, reports: list[Report], vectors: list[conformance.Vector]) -> None:
        found = conformance.disagreements(reports[0], reports[-1], vectors)
        self.stdout.write(f"{len(found):,} disagreements")
        for place, difference in found.items():
            self.stdout.write(f"  {place}: {difference}")
        if found:
            raise CommandError("The engines disagree.")

"""`conformance VECTORS.json`: recorded evaluations run against our engines of the form language."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.formlogic import conformance
from surveys.formlogic.conformance import Report


class Command(BaseCommand):
    help = "Run recorded XPath evaluations; fails below 99 % of those that are expected to pass."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("vectors", type=Path, metavar="VECTORS.json")
        parser.add_argument(
            "--all", action="store_true", help="also what is known not to pass (other suites)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            vectors = conformance.read_vectors(options["vectors"])
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['vectors']} cannot be read: {error}") from error
        exclusions = {} if options["all"] else conformance.read_exclusions()
        report = conformance.run(vectors, exclusions)
        self.show(report, verbosity=options["verbosity"])
        if report.rate < conformance.EXPECTED_RATE:
            raise CommandError(f"{report.engine} passes less than is expected.")

    def show(self, report: Report, *, verbosity: int) -> None:
        self.stdout.write(
            f"{report.engine}: {len(report.passed):,} passed, {len(report.failed):,} failed, "
            f"{len(report.excluded):,} excluded; {report.rate:.2%} of those expected"
        )
        for category, count in Counter(report.excluded.values()).most_common():
            self.stdout.write(f"  {count:4} excluded: {category}")
        if verbosity >= 2:
            for place, fault in report.failed.items():
                self.stdout.write(f"  {place}: {fault}")

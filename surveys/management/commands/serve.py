"""`manage.py serve`: the web server, a worker and the clock, under one supervisor."""

from argparse import ArgumentParser
from typing import Any

from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.translation import gettext as _

from surveys import demo as demo_survey
from surveys import serving
from surveys.errors import SurveyError

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared with, not bound to


class Command(BaseCommand):
    help = "Run the web server, a worker and the clock until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for every network")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--demo", action="store_true", help="first migrate, and load the demo survey once"
        )

    def handle(self, *args: Any, host: str, port: int, demo: bool, **options: Any) -> None:
        try:
            listener = serving.listen(host, port)
        except SurveyError as error:
            raise CommandError(_(error.message) % error.params) from error
        if demo:
            prepare()
        self.check(tags=[Tags.security], databases=["default"])  # also what is in the database
        reachable = EVERYWHERE.get(host, host)
        greeting = self.greeting(f"http://{reachable}:{port}/")
        connections.close_all()
        with listener:
            serving.supervise(
                serving.programs(listener),
                is_ready=lambda: serving.is_answering((reachable, port)),
                on_ready=lambda: self.stdout.write(greeting),
            )

    def greeting(self, address: str) -> str:
        """What a person needs to begin: where, as whom, and how to end it."""
        lines = ["", _("  Interviews    %s") % address, _("  Dashboard     %sadmin/") % address]
        if demo_survey.is_loaded():
            lines += [
                _("  Demo accounts %s") % ", ".join(demo_survey.ACCOUNTS),
                _("  Password      %s") % demo_survey.PASSWORD,
            ]
        return "\n".join([*lines, _("  Stop          Ctrl-C"), ""])


def prepare() -> None:
    """Bring the database up to date; in this process, as starting another takes seconds."""
    call_command("migrate", verbosity=0)
    if not demo_survey.is_loaded():
        call_command("demo")

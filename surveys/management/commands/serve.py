"""`manage.py serve`: the web server, a worker and the clock, under one supervisor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.translation import gettext as _

from surveys import demo, serving
from surveys.errors import SurveyError
from surveys.models import Survey

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared with, not bound to


class Command(BaseCommand):
    help = "Run the web server, a worker and the clock until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for every network")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        try:
            listener = serving.listen(host, port)
        except SurveyError as error:
            raise CommandError(_(error.message) % error.params) from error
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
        lines = ["", f"  {address}        {address}admin/", ""]
        if Survey.objects.filter(code=demo.SURVEY_CODE).exists():
            lines += [f"  {a.username:<16}{a.password:<16}{a.role}" for a in demo.ACCOUNTS]
            lines.append("")
        lines += ["  " + _("Stop with Ctrl-C."), ""]
        return "\n".join(lines)

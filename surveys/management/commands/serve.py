"""`manage.py serve`: the web server, a worker and the clock, under one supervisor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.translation import gettext as _

from surveys import demo, serving
from surveys.errors import SurveyError

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
        lines = ["", _("  Interviews    %s") % address, _("  Dashboard     %sadmin/") % address]
        if demo.exists():
            lines += [
                _("  Demo accounts %s") % ", ".join(demo.ACCOUNTS),
                _("  Password      %s") % demo.PASSWORD,
            ]
        return "\n".join([*lines, _("  Stop          Ctrl-C"), ""])

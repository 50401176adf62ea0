"""`manage.py reset_second_step NAME`: for the last administrator, whom nobody else can help."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from surveys import second_steps, trail
from surveys.models import User
from surveys.trail import Action


class Command(BaseCommand):
    help = "Take the second step of somebody's sign-in away, who lost phone and recovery codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        person = User.objects.filter(username=name).first()
        if person is None or not second_steps.is_on(person):
            raise CommandError(_("Nobody signs in in two steps as %s.") % name)
        second_steps.switch_off(person, by=_("The operator of the server"))
        trail.append("operator", Action.CHANGED, "reset_second_step", key=str(person.pk))
        self.stdout.write(_("%s signs in with the password alone again.") % name)

"""What commands are told on the command line, turned into what it names."""

from django.core.management.base import CommandError

from surveys.models import Survey


def find_survey(code: str) -> Survey:
    """The survey of that code. Raises CommandError naming those that exist."""
    survey = Survey.objects.filter(code=code).first()
    if survey is None:
        codes = ", ".join(Survey.objects.values_list("code", flat=True)) or "none"
        raise CommandError(f"There is no survey {code!r}. Surveys here: {codes}.")
    return survey

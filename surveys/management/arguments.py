"""What commands are told on the command line, turned into what it names."""

from django.core.management.base import CommandError

from surveys.models import Audience, Questionnaire, Survey


def find_survey(code: str) -> Survey:
    """The survey of that code. Raises CommandError naming those that exist."""
    survey = Survey.objects.filter(code=code).first()
    if survey is None:
        codes = ", ".join(Survey.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f"There is no survey {code}. There are: {codes}.")
    return survey


def find_audience(name: str, survey: Survey) -> Audience | None:
    """The audience of that name, None where none is named. Raises CommandError naming those that
    exist.
    """
    if not name:
        return None
    found = {audience.name: audience for audience in survey.audiences.all()}
    if name not in found:
        raise CommandError(f"No audience {name}. There are: {', '.join(found) or 'none'}.")
    return found[name]


def find_questionnaire(form_id: str | None, survey: Survey | None) -> Questionnaire:
    """The one questionnaire meant. Raises CommandError naming those that exist."""
    here = Questionnaire.objects.select_related("survey")
    if survey is not None:
        here = here.filter(survey=survey)
    found = here.filter(form_id=form_id) if form_id else here
    if len(found) == 1:
        return found[0]
    choices = ", ".join(f"{q.form_id} in {q.survey.code}" for q in found or here) or "none yet"
    raise CommandError(
        f"Name one questionnaire with --questionnaire and --survey. There are: {choices}."
    )

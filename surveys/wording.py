"""Expected errors in the words and the language of whoever reads them."""

from django.utils.translation import gettext

from surveys.errors import SurveyError
from surveys.xforms.xform import Fault


def in_words(error: SurveyError | Fault) -> str:
    """The sentence of an error, and of the errors it quotes, in the active language."""
    params = {name: _worded(value) for name, value in error.params.items()}
    return gettext(error.message) % params if params else gettext(error.message)


def _worded(value: object) -> object:
    return in_words(value) if isinstance(value, SurveyError) else value

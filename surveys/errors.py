"""The errors a person can cause and act on; edges turn them into XML, JSON or HTML."""


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation where Django must not be known; edges translate it."""
    return message


class SurveyError(Exception):
    """An expected failure, in a sentence for the person who caused it.

    `message` is an English template marked with `gettext_noop`, `params` fill its `%(name)s`
    places; an edge shows `gettext(error.message) % error.params`, a console shows `str(error)`.
    """

    status = 400

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message

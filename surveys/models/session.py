"""Sessions of browsers and phones."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from surveys.models.user import User


class Session(AbstractBaseSession):
    """A session as Django keeps it in the database, which also knows whose it is: nobody's until somebody
    has signed in.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, editable=False, related_name="+")

    class Meta(AbstractBaseSession.Meta):
        pass

"""Names in the reader's language."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(english: str, chinese: str) -> str:
    """The text in the reader's language; the other one where there is none."""
    is_chinese = (get_language() or "").startswith("zh")
    return chinese if is_chinese and chinese else english


class Named(models.Model):
    """Something with a name, and another in Chinese; it is called by the reader's."""

    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return in_language(self.name, self.name_zh)

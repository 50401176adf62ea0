"""A choice among too many rows for a list: they are looked up by a word."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.http import urlencode


class Chooser(AutocompleteSelect):
    """Offers rows of one survey, or of all where None is said; `config.choices` answers."""

    survey: int | None = None
    chosen: Model | None = None  # that is known already: no look-up shows it

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        if self.chosen is None or list(value) != [str(self.chosen.pk)]:
            return super().optgroups(name, [one for one in value if self._is_key(one)], attr)
        label = self.choices.field.label_from_instance(self.chosen)
        return [(None, [self.create_option(name, value[0], label, selected=True, index=0)], 0)]

    def _is_key(self, text: str) -> bool:
        """Whether it can name a row: an address may fill a form in with anything."""
        try:
            self.choices.queryset.model._meta.pk.clean(text, None)
        except ValidationError:
            return False
        return True

    def get_url(self) -> str:
        address: str = super().get_url()
        return address if self.survey is None else f"{address}?{urlencode({'survey': self.survey})}"

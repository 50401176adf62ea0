"""Rows to choose from where there are too many for a list: found by a word, as the form offers them."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet


class ChoicesView(AutocompleteJsonView):
    """What a form lets somebody choose, in its words; nothing that no form offers."""

    admin_site: AdminSite
    offered: Any  # the field of the form

    def get_queryset(self) -> "QuerySet[Model]":
        """In the order in which the form or the list of these rows has them."""
        field: Any = self.source_field
        form = _form_with(self.admin_site, field)
        offer: Any = form.formfield_for_foreignkey
        if field.many_to_many:
            offer = form.formfield_for_manytomany
        self.offered = offer(field, self.request)
        rows, word = self.offered.queryset, self.term.replace("\x00", "")
        if not rows.ordered:
            rows = rows.order_by(*self.model_admin.get_ordering(self.request), "pk")
        rows, is_repeated = self.model_admin.get_search_results(self.request, rows, word)
        return rows.distinct() if is_repeated else rows

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        text = self.offered.label_from_instance(obj)
        return {"id": str(getattr(obj, to_field_name)), "text": text}


def _form_with(site: AdminSite, field: Any) -> "BaseModelAdmin[Any]":
    """The form, of a row or of rows beside another, in which the field is looked up. Raises
    PermissionDenied where it is in none.
    """
    for form in _forms(site):
        if form.model is field.model and field.name in form.autocomplete_fields:
            return form
    raise PermissionDenied


def _forms(site: AdminSite) -> "Iterator[BaseModelAdmin[Any]]":
    for model, form in site._registry.items():
        yield form
        yield from (inline(model, site) for inline in form.inlines)

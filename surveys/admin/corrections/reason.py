"""Why an answer is corrected."""

from django import forms
from django.utils.translation import gettext_lazy


class ReasonForm(forms.Form):
    """Why an answer is corrected, which others will read."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Such as: decimal point missed; confirmed by phone."),
        error_messages={"required": gettext_lazy("Say why the answer is corrected.")},
    )

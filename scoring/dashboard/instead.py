"""What is shown instead of choices that an address names and that are not there."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.dashboard.groups import Group
from scoring.dashboard.names import Dimension, wave_title
from scoring.models import Scheme
from surveys.models import Wave


@dataclass(frozen=True)
class Shown:
    """What is shown, as addresses name it and as readers do."""

    key: str
    title: str

    @classmethod
    def of_scheme(cls, scheme: Scheme) -> "Shown":
        return cls(scheme.name, scheme.name)

    @classmethod
    def of_group(cls, group: Group) -> "Shown":
        return cls(group.key, group.title)

    @classmethod
    def of_wave(cls, wave: Wave) -> "Shown":
        return cls(str(wave.number), wave_title(wave))

    @classmethod
    def of_way(cls, way: Dimension) -> "Shown":
        return cls(way.name, way.title)


def instead(asked: Mapping[str, str], shown: Mapping[str, Shown | None]) -> list[str]:
    """A sentence for each parameter that asks for another thing than is `shown` for it.

    Blank parameters ask for nothing; of None nothing is shown, and nothing said.
    """
    no_scheme = _("This survey has no scheme “%(asked)s”: %(shown)s is shown instead.")
    sentences = {
        "scheme": no_scheme,
        "then": no_scheme,
        "people": _("There are no numbers of the group “%(asked)s”: %(shown)s is shown instead."),
        "wave": _("There are no numbers of wave %(asked)s: %(shown)s is shown instead."),
        "k": _("There are no numbers at the cutoff %(asked)s: %(shown)s is shown instead."),
        "by": _("Nothing divides people by “%(asked)s”: %(shown)s is shown instead."),
    }
    return [
        sentences[name] % {"asked": asked[name], "shown": each.title}
        for name, each in shown.items()
        if each is not None and asked.get(name) and asked[name] != each.key
    ]

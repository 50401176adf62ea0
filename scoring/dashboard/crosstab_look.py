"""What a person chose to see of people as a table, and the address that holds it."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.http import urlencode

from scoring.divisions import Catalogue, Source
from scoring.maths.kinds import INDEX
from scoring.tables import Asked

ROW, COLUMN, ALL, PEOPLE = "row", "column", "all", "n"
PERCENTAGES = (ROW, COLUMN, ALL, PEOPLE)


class Look(NamedTuple):
    """What a person chose, as addresses name it; `people` is a group's key, blank for everyone."""

    rows: str = ""
    columns: str = ""
    people: str = ""
    percent: str = ""
    missing: str = ""
    intervals: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str], catalogue: Catalogue) -> "Look":
        """With what is shown first where nothing was chosen."""
        given = cls(*(params.get(name, "") for name in cls._fields))
        percent = given.percent if given.percent in PERCENTAGES else ROW
        first = next(iter(catalogue.segments), Source.SCORE.of(INDEX))
        second = Source.MEAN.of(INDEX) if Source.SCORE.has(first) else Source.SCORE.of(INDEX)
        rows = given.rows or first
        if percent == ROW and Source.SEVERAL.has(rows):
            percent = COLUMN  # of a choice there is no row that it is a part of
        return given._replace(rows=rows, columns=given.columns or second, percent=percent)

    @property
    def has_choices(self) -> bool:
        """Whether each row is a choice of a question of which several may be chosen."""
        return Source.SEVERAL.has(self.rows)

    @property
    def asked(self) -> Asked:
        segment = Source.GROUP.of(self.people) if self.people else ""
        return Asked(self.rows, self.columns, segment, bool(self.missing))

    @property
    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in self._asdict().items() if value}

    @property
    def address(self) -> str:
        return urlencode(self.chosen)

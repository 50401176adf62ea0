"""The package: the data in all formats, what explains it, and a list by which it can be checked."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.utils.translation import gettext as _

from surveys.disclosure.coarseness import Dates
from surveys.disclosure.terms import Terms
from surveys.exports import parquet, spss, stata
from surveys.exports.archives import add_file
from surveys.exports.catalogue import Order, Tick, languages_of, require_rows
from surveys.exports.codebook import Tallies, codebook_of, written_codebook
from surveys.exports.enclosures import enclosed_with
from surveys.exports.erasures import erased_told
from surveys.exports.geojson import map_of, places_of
from surveys.exports.interviews import has_files, interviews_of, with_people
from surveys.exports.manifest import MANIFEST, SUMS, described, write_lists
from surveys.exports.media import Media
from surveys.exports.provenance import provenance_of
from surveys.exports.questionnaire import written_questionnaire
from surveys.exports.readme import written_readme
from surveys.exports.sinks import Lenient, Sink, Written, feed
from surveys.exports.tables import Table, tables_for
from surveys.exports.texts import texts_of
from surveys.exports.watermark import Mark, Watermark, day_given
from surveys.exports.wording import wording_for
from surveys.exports.xlsx import books_of

PROJECT = settings.BASE_DIR / "pyproject.toml"
IN_PARTS = (stata.FORMAT, spss.FORMAT, parquet.FORMAT)
FORMATS = ("csv", "xlsx", "geojson", *(one.extension for one in IN_PARTS))


def describe(order: Order) -> str:
    """What is in it; how many interviews it would have is said beside the interviews themselves."""
    return _(
        "Interviews in all formats, codebook, questionnaire, and a list by which it can be checked"
    )


def write(order: Order, path: Path, tick: Tick) -> None:
    """The same order of the same data makes the same bytes, whenever it is written."""
    tables = tables_for(order)
    with (
        TemporaryDirectory(dir=path.parent) as folder,
        ExitStack() as stack,
        ZipFile(path, "w", ZIP_DEFLATED) as archive,
    ):
        formats = list(_formats(order, tables, Path(folder), stack))
        media = Media(archive)
        counted, watermark = Tallies(tables), Watermark()
        others = [media] if order.files and has_files(order) else []
        feed(order, tables, [*formats, *others, counted, watermark], tick)
        data = {one.name: one.finish() for one in formats}
        made = _Made(order, tables, counted, watermark.mark, data, media)
        made.require_all()
        content = Path(folder) / "content"
        content.mkdir()
        for name in made.write(content, [one for one in formats if one.reason]):
            add_file(archive, content / name)


def formats_of(order: Order, tables: Sequence[Table]) -> list[str]:
    """Of the package; a map only where there are places to show."""
    wanted = [name for name in FORMATS if not order.formats or name in order.formats]
    return wanted if places_of(tables[0]) else [name for name in wanted if name != "geojson"]


def _formats(
    order: Order, tables: Sequence[Table], folder: Path, stack: ExitStack
) -> Iterator[Lenient]:
    """Each with a folder of its own."""
    wording = wording_for(order)
    makers: dict[str, Callable[[Path], Sink]] = {
        "csv": lambda own: stack.enter_context(texts_of(order, own)),
        "xlsx": lambda own: stack.enter_context(closing(books_of(order, tables, own))),
        "geojson": lambda own: stack.enter_context(map_of(order, tables[0], own)),
        **{one.extension: partial(one.sheets, tables, wording=wording) for one in IN_PARTS},
    }
    for name in formats_of(order, tables):
        own = folder / name
        own.mkdir()
        yield Lenient(name, makers[name](own), own)


@dataclass(frozen=True)
class _Made:
    """What was read, and the files that it becomes; `data` by format."""

    order: Order
    tables: Sequence[Table]
    counted: Tallies
    mark: Mark
    data: Mapping[str, Sequence[Written]]
    media: Media  # in the archive already

    @cached_property
    def in_database(self) -> int:
        """The interviews that are there by now, up to the last that was read."""
        return interviews_of(self.order).filter(pk__lte=self.mark.last_key).count()

    @cached_property
    def erased(self) -> list[dict[str, Any]]:
        return erased_told(self.order)

    def in_files(self, format_: str) -> int:
        own = self.tables[0].name
        return sum(one.rows.get(own, 0) for one in self.data[format_])

    def require_all(self) -> None:
        """Raises ShortFile."""
        require_rows(self.mark.interviews, self.in_database)
        for format_, files in self.data.items():
            if files:
                require_rows(self.in_files(format_), self.mark.interviews)

    def write(self, content: Path, left_out: Sequence[Lenient]) -> list[str]:
        """Everything into the folder; the names of all files, the lists first."""
        files = [*self._moved(content), *self._explained(content)]
        files.sort(key=lambda one: str(one["name"]))
        write_lists(content, [*files, *self.media.listed], self._told(left_out))
        return [MANIFEST, SUMS, *(one["name"] for one in files)]

    def _moved(self, content: Path) -> Iterator[dict[str, Any]]:
        """The data files put into the folder, and described."""
        for format_, files in self.data.items():
            for file in files:
                moved = file.path.replace(content / file.path.name)
                yield {**described(moved), "format": format_, "rows": dict(file.rows)}

    def _explained(self, content: Path) -> Iterator[dict[str, Any]]:
        """What explains the data written into the folder, and described."""
        for name, text in self._documents().items():
            (content / name).write_bytes(text)
            yield described(content / name)

    def _documents(self) -> dict[str, bytes]:
        files = {
            table.name: sorted(
                one.path.name
                for made in self.data.values()
                for one in made
                if table.name in one.rows
            )
            for table in self.tables
        }
        book = codebook_of(self.order, self.tables, self.counted, self.mark)
        enclosed = {name: text.encode() for name, text in enclosed_with(self.order).items()}
        return {
            **written_codebook(self.order.survey, book, files),
            **written_questionnaire(self.order),
            **written_readme(self.order, book, list(self.data), self.erased),
            **enclosed,
        }

    def _told(self, left_out: Sequence[Lenient]) -> dict[str, Any]:
        mark, terms = self.mark, self.order.terms
        return {
            "program": {"name": "Five Standards", "version": _version()},
            **_ordered(self.order),
            **provenance_of(self.order),
            "data": {
                "interviews": mark.interviews,
                "first_received": _received(mark.first_received, terms),
                "last_received": _received(mark.last_received, terms),
                "sha256_of_ids_and_hashes": mark.digest,
            },
            "rows": {
                "in_database": self.in_database,
                "in_files": {name: self.in_files(name) for name, made in self.data.items() if made},
            },
            "erased": self.erased,
            "left_out": [
                *({"format": one.name, "because": str(one.reason)} for one in left_out),
                *self.media.left_out,
            ],
        }


def _ordered(order: Order) -> dict[str, Any]:
    """What was asked for, of which questionnaire, for whom."""
    versions = order.questionnaire.versions.order_by("pk")
    return {
        "survey": order.survey.code,
        "questionnaire": {
            "form_id": order.questionnaire.form_id,
            "versions": [{"version": one.version, "md5": one.xml_md5} for one in versions],
            "languages": languages_of(order.questionnaire),
        },
        "order": {
            "layer": order.layer.value,
            "language_of_labels": order.language,
            "several_answers": order.several.value,
            "scores_and_weights": order.derived,
            "formats": list(order.formats),
            "files_of_answers": order.files and has_files(order),
            "only": order.selection.written(),
        },
        "audience": {  # not who: whoever has the same rights gets the same file
            "asked": "at the console" if order.person is None else "on the page",
            "name": (given.name or "analysts") if (given := order.given_to) else "",
            "names_people": with_people(order),
        },
    }


def _received(moment: datetime | None, terms: Terms | None) -> str | None:
    """A moment as exactly as the rows tell it."""
    is_exact = terms is None or terms.dates is Dates.EXACT
    told = moment if is_exact else day_given(moment, terms)
    return None if told is None else told.isoformat()


def _version() -> str:
    return str(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"])

"""Stored against recomputed: from the XML as sent to the last published digit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoring import cells, estimates, scores, strata
from scoring.maths.cells import Cell
from scoring.models import EstimateSet, Scheme, SiteCells
from surveys import readings
from surveys.keys.sealed import fault_of
from surveys.keys.store import Damaged
from surveys.models import Interview, Submission, Survey, Tombstone
from surveys.remains import Remnant
from surveys.secrecy import with_keys

SUMMED = ("people", "checksum", "layout", "domains", "sums", "counts")
SITES = 100
CHUNK = 500


@dataclass(frozen=True)
class Difference:
    """Something stored that is not what it should be."""

    what: str
    stored: object
    recomputed: object

    def __str__(self) -> str:
        return f"{self.what}: stored {self.stored}, recomputed {self.recomputed}"


def differences(survey: Survey) -> Iterator[Difference]:
    """Everything of a survey that differs from what its interviews' XML says now."""
    yield from _interviews(survey)
    for scheme in survey.schemes.all():
        yield from _scores(scheme)
        yield from _cells(scheme)
        for made in EstimateSet.objects.filter(scheme=scheme).select_related("scheme__survey"):
            yield from _estimates(made)


def _interviews(survey: Survey) -> Iterator[Difference]:
    stored = Submission.objects.filter(current_of__questionnaire__survey=survey).order_by("pk")
    light = stored.select_related("current_of", "version", "questionnaire").defer(
        "version__workbook", "version__xml", "version__definition"
    )
    for submission in with_keys(light.iterator(CHUNK)):
        interview = submission.current_of
        unreadable = list(_unreadable(interview, submission))
        yield from unreadable
        if unreadable:
            continue
        for name, value in readings.reread(submission).fields.items():
            yield from _compare(f"interview {interview.pk} {name}", getattr(interview, name), value)


def _unreadable(interview: Interview, submission: Submission) -> Iterator[Difference]:
    for name, stored in (("XML", submission.xml), ("answers", interview.answers)):
        if fault := fault_of(stored):
            said = "it is damaged" if isinstance(fault, Damaged) else "its key is gone"
            yield Difference(f"interview {interview.pk} {name}", said, "can be read")


def _scores(scheme: Scheme) -> Iterator[Difference]:
    waiting, dirty = len(scores.waiting(scheme)), cells.dirty(scheme).count()
    yield from _compare(f"{scheme} sites that wait to be judged", waiting, 0)
    yield from _compare(f"{scheme} sites whose cells are to be rebuilt", dirty, 0)
    for site in scheme.sites.order_by("site__code").iterator(SITES):
        stored = scores.stored(site)
        interviews = Interview.objects.filter(pk__in=[person.interview for person in stored])
        answers = scores.answers_of(interviews.filter(current__isnull=False))
        fresh = {person.interview: person for person in scores.judged(scheme, answers)}
        for person in stored:
            name = f"{scheme} score of interview {person.interview}"
            yield from _compare(name, person, fresh.get(person.interview))


def _cells(scheme: Scheme) -> Iterator[Difference]:
    """Of the sites that are summed as this release does; the others are told of as to be rebuilt."""
    layout = cells.layout_of(scheme)
    sites = scheme.sites.filter(layout=layout).select_related("site", "scheme")
    for site in sites.order_by("site__code").iterator(SITES):
        met = scores.met_in([site])
        people = [person for person in scores.stored(site) if person.interview in met]
        [fresh] = cells.summed([site], met, [people])
        for name in SUMMED:
            pair = (_plain(getattr(site, name)), _plain(fresh[name]))
            yield from _compare(f"{scheme} cells of {site.site} {name}", *pair)


def _estimates(made: EstimateSet) -> Iterator[Difference]:
    scheme, wave = made.scheme, made.wave
    yield from _compare(f"{made} are out of date", estimates.is_stale(scheme, wave), False)  # noqa: FBT003
    known = list(scheme.strata.filter(wave=wave).order_by("stratum"))
    built = {row.stratum: row.fingerprint for row in known}
    if built != (wanted := strata.fingerprints(scheme, wave)):
        yield Difference(f"{made} strata", built, wanted)
        return  # nothing to compare with
    for row in known:
        fresh_cells = strata.summed(scheme, wave, row.stratum)
        for name, value in fresh_cells.items():
            pair = (_plain(getattr(row, name)), _plain(value))
            yield from _compare(f"{made} stratum {row.stratum} {name}", *pair)
    rows = made.estimates.values_list("by", "level", "variable", *estimates.NUMBERS)
    stored = {Cell(*row[:3]): row[3:] for row in rows.iterator()}
    fresh = {row.key: row[1:] for row in estimates.published(made, known)}
    yield from _compare(f"{made} rows", sorted(stored), sorted(fresh))
    for key in stored.keys() & fresh.keys():
        yield from _compare(f"{made} {key}", stored[key], fresh[key])


def _plain(value: object) -> object:
    """Numbers as they were before they were packed: another zlib packs them otherwise."""
    return cells.inflated(value) if isinstance(value, bytes | memoryview) and value else value


def _compare(what: str, stored: object, recomputed: object) -> Iterator[Difference]:
    if stored != recomputed:
        yield Difference(what, stored, recomputed)


def of_erased(tombstones: Sequence[Tombstone]) -> Iterator[Remnant]:
    """The scores of erased interviews; they go when their site is judged again, within seconds."""
    for tombstone in tombstones:
        erased = set(tombstone.interview_keys)
        for site in SiteCells.objects.filter(wave=tombstone.wave_id, site=tombstone.site_id):
            for person in scores.stored(site):
                if person.interview in erased:
                    yield Remnant(SiteCells._meta.db_table, str(site.pk), str(tombstone))

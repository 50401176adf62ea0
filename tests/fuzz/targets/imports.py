"""Files of interviews from elsewhere: read into rows, their columns meant, each row judged."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import ContentFile
from django.db import transaction

from surveys.exports.catalogue import EXPORTS, Order
from surveys.imports import batches, checking
from surveys.models import ImportRow, QuestionnaireVersion
from tests.factories import make_interview, make_site, make_survey, make_version
from tests.fuzz.mutation import ZIP
from tests.fuzz.target import Target, Try

FORMATS = ("csv", "xlsx", "dta", "sav", "parquet")
BEGINNINGS: Mapping[bytes, str] = {
    b"<stata_dta>": ".dta",
    b"q\x01\x01": ".dta",
    b"r\x01\x01": ".dta",
    b"s\x01\x01": ".dta",
    b"$FL2": ".sav",
    b"$FL3": ".zsav",
    b"PAR1": ".parquet",
    ZIP: ".xlsx",
}
WORDS = (
    *("psu_id", "age", "works", "hours", "interview_id", "received", "<data>", "</data>", "<map>"),
    *("<value_labels>", "LSF", "MSF", "\ufeff", '"', ",", ";", "\t", "\r\n", "PAR1", "1e999"),
)


def examples() -> Sequence[bytes]:
    """What our own exports make, and a table as people have it."""
    version = _version()
    site = make_site(version.questionnaire.survey, "S1")
    for age, works in (("30", "no"), ("41", "yes"), ("17", "rf")):
        make_interview(
            site, version, age=age, works=works, **({"hours": "8"} if works == "yes" else {})
        )
    plain = 'psu_id;age;works\nS1;30;no\nS1;"3\n1";yes\n'.encode("utf-16")
    return [plain, *(_exported(version, kind) for kind in FORMATS)]


def _exported(version: QuestionnaireVersion, kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        asked, export = Order(version.questionnaire), EXPORTS[f"submissions_{kind}"]
        path = Path(folder) / export.file_name(asked, 1)
        export.write(asked, path, lambda: None)
        return path.read_bytes()


def _version() -> QuestionnaireVersion:
    return make_version(make_survey())


@contextmanager
def opened() -> Iterator[Try]:
    version = _version()
    make_site(version.questionnaire.survey, "S1")

    def tried(content: bytes) -> None:
        with transaction.atomic():
            try:
                _read(version, content)
            finally:
                transaction.set_rollback(True)

    yield tried


def _read(version: QuestionnaireVersion, content: bytes) -> None:
    kind = next((kind for begin, kind in BEGINNINGS.items() if content.startswith(begin)), ".csv")
    batch = batches.begin(version, f"answers{kind}", ContentFile(content, f"answers{kind}"), None)
    batches.read(batch)
    checking.check(batch)
    for row in batch.rows.exclude(faults=[])[:100]:
        assert all(said % params for _, said, params in row.faults)
    assert not batch.rows.filter(state=ImportRow.State.WAITING).exists()


TARGET = Target(opened, examples, WORDS, is_stored=True, count=3_000, seconds=10)

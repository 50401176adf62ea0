"""What fuzzing found is found no more; `python -m tests.fuzz` looks for more."""

import traceback

import pytest

from tests.fuzz.__main__ import PURE, STORED
from tests.fuzz.mutation import mutated
from tests.fuzz.target import CORPUS, attempt, known
from tests.fuzz.targets import TARGETS


@pytest.mark.django_db
@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found_is_read_or_refused_in_words(name: str) -> None:
    target = TARGETS[name]
    broken = []
    with target.opened() as tried:
        for content in (*target.examples(), *known(name)):
            try:
                attempt(tried, content, target.seconds)
            except Exception:  # whatever it is, the others are tried too
                broken.append(f"{content[:60]!r}\n{traceback.format_exc()}")
    assert not broken, "\n".join(broken)


def test_every_folder_of_the_corpus_is_a_targets() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} <= {*TARGETS}


def test_every_target_is_hunted_with_what_it_needs() -> None:
    """Their names stand where Django's settings, which they need, have not been read."""
    assert {*PURE} == {name for name, target in TARGETS.items() if not target.is_stored}
    assert {*STORED} == {name for name, target in TARGETS.items() if target.is_stored}


def test_mutations_are_told_by_their_seed() -> None:
    document = b"<data id='x'><a>1</a><b><c/></b></data>"

    def drawn() -> list[bytes]:
        return [mutated(document, 1_000, seed, lambda given, _most: given) for seed in range(50)]

    assert drawn() == drawn()
    assert len(set(drawn())) > 20
    assert max(map(len, drawn())) <= 1_000

"""The name of a doubt stays."""

from dataclasses import replace

from surveys.quality.finding import About, Check, Finding, Severity, digest

FINDING = Finding(
    Check.DONT_KNOW, Severity.WATCH, About.ENUMERATOR, "E1", ("I0",), 0.2, question="q"
)


def test_numbers_and_interviews_do_not_make_another_doubt() -> None:
    later = replace(FINDING, interviews=("I0", "I1"), value=0.3, severity=Severity.ALERT, p=0.01)
    assert later.key == FINDING.key
    assert len(FINDING.key) == 32


def test_anything_it_is_about_does() -> None:
    others = [
        replace(FINDING, check=Check.REFUSED),
        replace(FINDING, about=About.TEAM),
        replace(FINDING, name="E2"),
        replace(FINDING, question="r"),
        replace(FINDING, doubt="twice"),
    ]
    assert len({FINDING.key, *(other.key for other in others)}) == 6


def test_a_set_of_interviews_has_one_digest() -> None:
    assert digest(("a", "b")) == digest(("b", "a")) != digest(("a", "b", "c"))

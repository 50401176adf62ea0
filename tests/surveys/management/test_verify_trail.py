"""`verify_trail` says whether the chain holds, and from which seal on it does not."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from surveys import trail
from surveys.models import TrailEntry, TrailSeal
from surveys.trail import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed() -> TrailSeal:
    for number in range(3):
        trail.append("lin", Action.SAW, "page", key=str(number))
    TrailEntry.objects.update(at=timezone.now() - timedelta(minutes=5))
    trail.seal()
    return TrailSeal.objects.get()


def run(**options: str) -> str:
    out = StringIO()
    call_command("verify_trail", stdout=out, **options)
    return out.getvalue()


def test_a_whole_chain_ends_with_its_last_seal(sealed: TrailSeal) -> None:
    said = run()
    assert "3 entries; the chain holds" in said
    assert said.endswith(f"1:{sealed.digest}\n")


def test_what_was_changed_is_said(sealed: TrailSeal) -> None:
    TrailEntry.objects.filter(key="1").update(person="wang")
    out = StringIO()
    with pytest.raises(CommandError, match="not what was sealed"):
        call_command("verify_trail", stdout=out)
    assert "Entries under seal 1, or the seal, were changed." in out.getvalue()


def test_an_end_that_was_cut_off_is_found_by_a_seal_kept_elsewhere(sealed: TrailSeal) -> None:
    kept = f"1:{sealed.digest}"
    assert "holds" in run(expect=kept)
    TrailEntry.objects.all().delete()
    TrailSeal.objects.all().delete()
    assert "none yet" in run()
    with pytest.raises(CommandError, match="cut off"):
        run(expect=kept)

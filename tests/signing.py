"""People with an app that shows codes, at a time that tests decide."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from surveys import second_steps
from surveys.models import User
from surveys.second_steps import Secret


@dataclass
class Clock:
    """Stands for `timezone.now` of the service: no two looks at it are at the same moment."""

    moment: datetime = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(microseconds=1)
        return self.moment

    def tick(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True)
class App:
    """What a phone makes of the secret that it was told."""

    secret: Secret
    clock: Clock

    @property
    def key(self) -> bytes:
        return base64.b32decode(self.secret.text.replace(" ", ""))

    def code(self, off_s: int = 0) -> str:
        at = self.clock.now().timestamp() + off_s
        return second_steps.app_codes(self.key).generate(at).decode()


def app_of(person: User, clock: Clock) -> App:
    """Of somebody who signs in in two steps."""
    app = App(second_steps.begin(person), clock)
    second_steps.switch_on(person, app.code())
    return app

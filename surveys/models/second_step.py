"""What people sign in with beside their password: an app that shows codes, and codes on paper."""

from django.db import models

from surveys.models.user import User


class SecondStep(models.Model):
    """Somebody's second step of signing in; `since` is None while it is being set up.

    `sealed` is the secret that the app has too, and opens with `SECRET_KEY` only. `last_step` is the
    half minute of the last code that was taken, so that none is taken twice.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="second_step")
    sealed = models.BinaryField()
    since = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user}"


class RecoveryCode(models.Model):
    """A code on paper, good for once; kept as a digest, and gone when it was used."""

    step = models.ForeignKey(SecondStep, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("step", "digest"), name="recovery_code_once"),
        )

    def __str__(self) -> str:
        return f"{self.step}"

"""The keys of interviews: the only table of the database `keys`."""

import uuid

from django.db import models
from django.utils import timezone


class Key(models.Model):
    """What opens one interview. It is never changed; once it is gone, so is what it sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    secret = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "key of an interview"
        verbose_name_plural = "keys of interviews"

    def __str__(self) -> str:
        return str(self.pk)

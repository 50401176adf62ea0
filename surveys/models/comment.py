"""What is said about interviews and their answers, between those who review and those who ask."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.interview import Interview, Submission
from surveys.models.user import User


class CommentQuerySet(models.QuerySet["Comment"]):
    def unanswered(self) -> "CommentQuerySet":
        """What the enumerator has still to look at, once the interview is returned."""
        return self.filter(is_reply=False, answered_at=None, resolved_at=None)

    def answered(self) -> "CommentQuerySet":
        """What came back from the enumerator, and nobody has looked at yet."""
        return self.filter(is_reply=False, answered_at__isnull=False, resolved_at=None)


class Comment(models.Model):
    """A remark on the answer at `path` below the root, or on the whole interview where it is blank.

    Those of one path are a thread, in order. The enumerator's are replies. A remark is answered when
    the interview comes back, and resolved when somebody decides on it.
    """

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="comments")
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="comments")
    path = models.CharField(_("question"), max_length=500, blank=True)
    text = models.TextField(_("comment"), max_length=1000)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    is_reply = models.BooleanField(default=False)
    written_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("pk",)
        indexes = (  # for the queue of what came back
            models.Index(
                fields=("interview",),
                condition=models.Q(answered_at__isnull=False, resolved_at=None),
                name="comment_answered_unresolved",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]

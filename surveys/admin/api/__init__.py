"""The office's pages for programs: tokens that they use, webhooks that tell them."""

from surveys.admin.api import tokens, webhooks

__all__ = ["tokens", "webhooks"]

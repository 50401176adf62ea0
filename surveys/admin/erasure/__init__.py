"""The office's pages of erasures: asked for on an interview's page, listed, proven on paper."""

from surveys.admin.erasure import tombstones

__all__ = ["tombstones"]

"""The pages of sampling: the frame by file, samples drawn from it, shown, replaced and shared out."""

from surveys.admin.sampling.draws import DrawAdmin
from surveys.admin.sampling.frames import FrameUnitAdmin

__all__ = ["DrawAdmin", "FrameUnitAdmin"]

"""How far the fieldwork of a wave is against its plan, read from what `tallies` counted."""

"""Whatever comes in from outside, put to what reads it; `python -m tests.fuzz` runs it."""

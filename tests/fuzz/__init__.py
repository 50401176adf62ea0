"""Random expressions put to both engines of the form language; `python -m tests.fuzz` runs it."""

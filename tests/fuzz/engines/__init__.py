"""Random expressions and interviews put to both engines of the form language, which must say the same."""

"""Scores and estimates as pure functions of answers, schemes and designs: no Django, no clock."""

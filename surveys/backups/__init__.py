"""Backups: the database and the files that it names in one file, checked, and put back."""

"""The collecting side for programs: what they may read, and files that they may ask for."""

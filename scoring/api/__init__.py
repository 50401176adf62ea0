"""The judging side for programs: schemes and their published estimates."""

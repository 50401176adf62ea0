"""Samples, outcomes and progress: probabilities that add up, draws that can be repeated."""

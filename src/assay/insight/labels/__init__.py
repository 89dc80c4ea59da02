"""Checks of a column of labels: errors, ambiguous rows, imbalance."""

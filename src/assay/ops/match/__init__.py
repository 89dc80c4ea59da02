"""Functions that compare rows: near duplicates, benchmark overlap, nearest neighbors."""

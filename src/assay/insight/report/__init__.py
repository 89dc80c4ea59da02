"""The report of a dataset: what it says, and how it looks on one page."""

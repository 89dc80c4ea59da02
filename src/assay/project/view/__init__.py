"""Views: filter, search and sort over a dataset, with the counts and pages that screens show."""

"""Checks: what is worth a look in a dataset, found, ranked and with evidence."""

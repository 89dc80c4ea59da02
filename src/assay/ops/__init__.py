"""Ops: pure functions from a batch to columns."""

"""Ops that make vectors."""

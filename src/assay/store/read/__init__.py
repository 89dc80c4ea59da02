"""Readers: one file each, from a file on disk to batches of rows and bad rows."""

from assay.store.read.source import Source, read, read_source, sniff, sources

__all__ = ["Source", "read", "read_source", "sniff", "sources"]

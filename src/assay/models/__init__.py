"""Models that work offline: embedders of text, named, never downloaded."""

from __future__ import annotations

from assay.models.embedder import Embedder, default_model, dimension, embedder

__all__ = ["Embedder", "default_model", "dimension", "embedder"]

"""Embedders of text by name; nothing is downloaded unless a `hub:` model is asked for."""

from __future__ import annotations

from assay.models.embedder import Embedder, default_model, dimension, embedder, pin

__all__ = ["Embedder", "default_model", "dimension", "embedder", "pin"]

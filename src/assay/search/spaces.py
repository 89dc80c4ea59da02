"""Which stored columns are embeddings, and which of them can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa

_SPACE = ("assay.op", "assay.version", "assay.params", "assay.state")


def is_embedding(field: pa.Field) -> bool:
    """Whether a stored column holds vectors with a meaning; signatures have none."""
    kind = field.type
    return bool(pa.types.is_fixed_size_list(kind) and pa.types.is_floating(kind.value_type))


def as_embedding(field: pa.Field, dataset: str = "DATASET") -> str | None:
    """The command that makes vectors of a column of lists; None for one that holds no numbers."""
    kind = field.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return None
    if not (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)):
        return None
    return f"assay compute {dataset} embed.column --column {field.name} -p dimensions=LENGTH"


def name_of(field: pa.Field) -> str:
    """What a stored column is called in expressions."""
    return str((field.metadata or {}).get(b"assay.name", field.name.encode()).decode())


def space(field: pa.Field) -> tuple[str, ...]:
    """Equal for columns whose vectors can be compared: op, version, parameters, fitted state."""
    metadata: Mapping[bytes, bytes] = field.metadata or {}
    return tuple(metadata.get(key.encode(), b"").decode() for key in _SPACE)


def words_alone(field: pa.Field) -> bool:
    """Whether the vectors know words and no meaning: those of `lsa`, fitted on a dataset's texts.

    A fitted state alone does not say so: it also pins the files of other models.
    """
    described = json.loads((field.metadata or {}).get(b"assay.params", b"[{}, {}]"))
    return bool(described[0].get("model") == "lsa")

"""Which columns two sets of rows have, and which of those they share are the same in kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assay.schema import RESERVED

_MADE = (b"assay.op", b"assay.version", b"assay.params")


@dataclass(frozen=True)
class Shared:
    """A column of both sides, under the name that people use; fields carry the stored names."""

    name: str
    a: pa.Field
    b: pa.Field

    @property
    def made_alike(self) -> bool:
        """Whether one op in one version and with one set of parameters made it, or none did."""
        return all(_metadata(self.a).get(key) == _metadata(self.b).get(key) for key in _MADE)

    @property
    def computed(self) -> bool:
        """Whether an op made it."""
        return b"assay.op" in _metadata(self.a)


def columns(schema: pa.Schema) -> dict[str, pa.Field]:
    """Fields by the name that expressions use, without the columns that Assay writes on all rows.

    Reserved columns tell where a row comes from, not what it is like.
    """
    return {_name(field): field for field in schema if field.name not in RESERVED}


def shared(a: pa.Schema, b: pa.Schema) -> list[Shared]:
    """The columns of both, in the order of `a`."""
    left, right = columns(a), columns(b)
    return [Shared(name, left[name], right[name]) for name in left if name in right]


def compare_schemas(a: pa.Schema, b: pa.Schema) -> dict[str, Any]:
    """`{added[], missing[], changed[], shared}`, seen from `a`.

    Returns:
        `added` (in `b` alone) and `missing` (in `a` alone) as `{name, type}`; `changed` as `{name,
        a, b}` with types, or with op, version and parameters where those differ; `shared` is the
        number of columns of both.
    """
    left, right = columns(a), columns(b)
    both = shared(a, b)
    changed = []
    for each in both:
        if each.a.type != each.b.type:
            changed.append({"name": each.name, "a": str(each.a.type), "b": str(each.b.type)})
        elif not each.made_alike:
            changed.append({"name": each.name, "a": _made(each.a), "b": _made(each.b)})
    return {
        "added": [{"name": n, "type": str(f.type)} for n, f in right.items() if n not in left],
        "missing": [{"name": n, "type": str(f.type)} for n, f in left.items() if n not in right],
        "changed": changed,
        "shared": len(both),
    }


def _name(field: pa.Field) -> str:
    return str(_metadata(field).get(b"assay.name", field.name.encode()).decode())


def _metadata(field: pa.Field) -> Mapping[bytes, bytes]:
    return field.metadata or {}


def _made(field: pa.Field) -> str:
    found = [_metadata(field).get(key, b"").decode() for key in _MADE]
    return " ".join(part for part in found if part) or "came with the data"

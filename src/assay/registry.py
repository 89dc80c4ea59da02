"""One decorator per concept, one registry, one entry-point group for plug-ins.

A new op, reader, finder, selector or exporter is one function in one file with one decorator.
Built-in files are found by walking their package, plug-ins by the entry-point group
`assay.plugins`; neither is imported before somebody asks for a name.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from assay.errors import AssayError, UsageError
from assay.schema import BadRow, Finding, ReadBatch, Selection

F = TypeVar("F", bound=Callable[..., Any])
Params = Mapping[str, Any]

# Packages whose modules may carry decorators. Modules whose name starts with "_" are skipped.
_HOMES = ("assay.ops", "assay.store.read", "assay.store.write", "assay.select", "assay.insight")


@dataclass(frozen=True)
class Op:
    """A pure function from a batch to columns of equal length, with what is known about it.

    Attributes:
        name: Dotted, `<modality>.<noun>`, e.g. `text.stats`.
        version: Recorded with every column; raise it when values change.
        fn: `(batch: pa.RecordBatch, **params) -> pa.RecordBatch`. `batch` has the columns `inputs`.
            With `fit`, it is also given `state=`.
        inputs: Names of the columns read, as the function sees them.
        outputs: The columns returned, or a function of the parameters that says so.
        main: The output meant when an expression names the op alone; None if there is none.
        presets: Named parameter sets: `text.stats@datatrove`.
        fit: `(batches: Iterable[pa.RecordBatch], **params) -> bytes`, run once over the dataset
            before the first compute; its result is stored and given to `fn` as `state`.
        warmup: Compiles what the op needs, for `assay warmup`.
        labels: Labels its output `spans` can have; `pii.email` in an expression is how many.
    """

    name: str
    version: str
    fn: Callable[..., pa.RecordBatch]
    inputs: tuple[str, ...]
    outputs: pa.Schema | Callable[..., pa.Schema]
    main: str | None = None
    presets: Mapping[str, Params] = field(default_factory=dict)
    fit: Callable[..., bytes] | None = None
    warmup: Callable[[], None] | None = None
    labels: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return _summary(self.fn)

    @property
    def defaults(self) -> dict[str, Any]:
        """Parameters and their default values (the keyword-only arguments, without `state`)."""
        return _keyword_defaults(self.fn, drop=("state",))

    def schema(self, params: Params | None = None) -> pa.Schema:
        """The columns returned under `params`."""
        if isinstance(self.outputs, pa.Schema):
            return self.outputs
        return self.outputs(**{**self.defaults, **(params or {})})


@dataclass(frozen=True)
class Reader:
    """Turns one file into batches of rows.

    Attributes:
        name: What `--format` takes.
        fn: `(path: Path, **options) -> Iterator[ReadBatch | BadRow]`; streams, never raises for bad
            content after the first good row (it yields a BadRow and ends or goes on).
        suffixes: File name endings it claims, without those of compression: (".jsonl",).
        sniff: `(head: bytes) -> bool` on the first 64 KiB, decompressed; before suffixes.
    """

    name: str
    fn: Callable[..., Iterator[ReadBatch | BadRow]]
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool] | None = None

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return _summary(self.fn)


@dataclass(frozen=True)
class Exporter:
    """Writes record batches to one file: `(batches, schema, path: Path, **options) -> int` rows."""

    name: str
    fn: Callable[[Iterable[pa.RecordBatch], pa.Schema, Path], int]
    suffixes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return _summary(self.fn)


@dataclass(frozen=True)
class Finder:
    """A check: reads columns, returns findings.

    Attributes:
        fn: `(rows: Rows, **params) -> Iterable[Finding]`.
        needs: Ops whose signals it reads; they are computed first where missing.
        columns: Input columns without which it does not apply, e.g. ("text",).
        lacks: `(schema: pa.Schema) -> str | None`: what it needs beyond that and the dataset does
            not have, as the end of a sentence; None where nothing.
        may_read: Ops whose signals it reads where the columns that they are computed from exist.
    """

    name: str
    version: str
    fn: Callable[..., Iterable[Finding]]
    needs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    lacks: Callable[[pa.Schema], str | None] | None = None
    may_read: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return _summary(self.fn)

    @property
    def defaults(self) -> dict[str, Any]:
        """Parameters and their default values."""
        return _keyword_defaults(self.fn)


@dataclass(frozen=True)
class Selector:
    """A decision that needs more than the row itself: `(rows: Rows, **params) -> Selection`.

    Attributes:
        needs: Ops whose signals it reads; they are computed first where missing.
        needs_if: Further ones by the value of a parameter, `{"repeats=near": ("text.minhash",)}`.
    """

    name: str
    version: str
    fn: Callable[..., Selection]
    needs: tuple[str, ...] = ()
    needs_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return _summary(self.fn)

    @property
    def defaults(self) -> dict[str, Any]:
        """Parameters and their default values."""
        return _keyword_defaults(self.fn)


_registered: dict[str, dict[str, Any]] = {
    "op": {},
    "reader": {},
    "exporter": {},
    "finder": {},
    "selector": {},
}
_loaded = False
_loading = threading.RLock()


def op(
    name: str,
    *,
    version: str,
    outputs: pa.Schema | Callable[..., pa.Schema],
    inputs: tuple[str, ...] = ("text",),
    main: str | None = None,
    presets: Mapping[str, Params] | None = None,
    fit: Callable[..., bytes] | None = None,
    warmup: Callable[[], None] | None = None,
    labels: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Register a function as an op. See `Op` for the contract."""

    def register(fn: F) -> F:
        _add("op", Op(name, version, fn, inputs, outputs, main, presets or {}, fit, warmup, labels))
        return fn

    return register


def reader(
    name: str, *, suffixes: tuple[str, ...], sniff: Callable[[bytes], bool] | None = None
) -> Callable[[F], F]:
    """Register a function as a reader. See `Reader` for the contract."""

    def register(fn: F) -> F:
        _add("reader", Reader(name, fn, suffixes, sniff))
        return fn

    return register


def exporter(name: str, *, suffixes: tuple[str, ...]) -> Callable[[F], F]:
    """Register a function as an exporter. See `Exporter` for the contract."""

    def register(fn: F) -> F:
        _add("exporter", Exporter(name, fn, suffixes))
        return fn

    return register


def finder(
    name: str,
    *,
    version: str,
    needs: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
    lacks: Callable[[pa.Schema], str | None] | None = None,
    may_read: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Register a function as a finder. See `Finder` for the contract."""

    def register(fn: F) -> F:
        _add("finder", Finder(name, version, fn, needs, columns, lacks, may_read))
        return fn

    return register


def selector(
    name: str,
    *,
    version: str,
    needs: tuple[str, ...] = (),
    needs_if: Mapping[str, tuple[str, ...]] | None = None,
) -> Callable[[F], F]:
    """Register a function as a selector. See `Selector` for the contract."""

    def register(fn: F) -> F:
        _add("selector", Selector(name, version, fn, needs, needs_if or {}))
        return fn

    return register


def ops() -> dict[str, Op]:
    """All ops by name."""
    return _all("op")


def readers() -> dict[str, Reader]:
    """All readers by name."""
    return _all("reader")


def exporters() -> dict[str, Exporter]:
    """All exporters by name."""
    return _all("exporter")


def finders() -> dict[str, Finder]:
    """All finders by name."""
    return _all("finder")


def selectors() -> dict[str, Selector]:
    """All selectors by name."""
    return _all("selector")


def get(kind: str, name: str) -> Any:
    """The registered thing of that kind and name.

    Raises:
        UsageError: There is none; the error lists the names there are.
    """
    found = _all(kind)
    if name not in found:
        raise UsageError(
            f"There is no {kind} called '{name}'.",
            allowed=", ".join(sorted(found)) or f"no {kind} is registered",
            remedy="check the spelling, or install the plug-in that brings it",
            name=name,
        )
    return found[name]


def _add(kind: str, thing: Any) -> None:
    known = _registered[kind].get(thing.name)
    # The same file imported twice (a test, a reload) may register again; two owners may not.
    if known is not None and (known.fn.__module__, known.fn.__qualname__) != (
        thing.fn.__module__,
        thing.fn.__qualname__,
    ):
        raise AssayError(
            f"Two modules register the {kind} '{thing.name}'.",
            where=f"{known.fn.__module__} and {thing.fn.__module__}",
            remedy="rename one, or uninstall one of the two plug-ins",
        )
    _registered[kind][thing.name] = thing


def _all(kind: str) -> dict[str, Any]:
    # Other threads wait until all is there; what is loaded may ask itself.
    with _loading:
        if not _loaded:
            _load()
        return dict(_registered[kind])


def _load() -> None:
    global _loaded
    _loaded = True
    for home in _HOMES:
        _import_home(home)
    for entry in entry_points(group="assay.plugins"):
        try:
            entry.load()
        except Exception as error:
            raise AssayError(
                f"The plug-in '{entry.name}' cannot be loaded: {error}",
                where=entry.value,
                remedy=f"fix or uninstall {entry.dist.name if entry.dist else entry.value}",
            ) from error


def _import_home(home: str) -> None:
    package = importlib.import_module(home)
    for module in pkgutil.walk_packages(package.__path__, prefix=f"{home}."):
        # Kernels pull in Numba; ops import them when first called.
        if not module.name.rpartition(".")[2].startswith("_") and ".kernels" not in module.name:
            importlib.import_module(module.name)


def _summary(fn: Callable[..., Any]) -> str:
    return (inspect.getdoc(fn) or "").partition("\n")[0]


def _keyword_defaults(fn: Callable[..., Any], drop: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        name: parameter.default
        for name, parameter in inspect.signature(fn).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in drop
    }

"""A dataset of a project, or a named version of it: what people hold in their hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assay.errors import UsageError
from assay.project import check, explain, export, labels, row, steps, tags, triage
from assay.project.check import StoredFinding
from assay.project.choosing import Choosing
from assay.project.curate import CurateResult
from assay.project.mapped import Mapped
from assay.project.searching import Searching
from assay.run import compute
from assay.run.compute import ComputeResult, Progress
from assay.run.plan import Step, is_current, plan
from assay.store import runs
from assay.store.add import Adder, AddOptions, AddResult
from assay.store.add import Progress as AddProgress

if TYPE_CHECKING:
    from assay.insight.report.model import Report
    from assay.project.gaps import Gaps
    from assay.project.view.engine import View


class Dataset(Searching, Choosing, Mapped):
    """Rows with their signals, and all that can be done with them."""

    def add(
        self,
        *paths: str | Path,
        format: str | None = None,
        text: str | None = None,
        source_id: str | None = None,
        source: str | None = None,
        licence: str | None = None,
        progress: AddProgress | None = None,
        **options: Any,
    ) -> AddResult:
        """Add files or folders; what is already there is known again and not added twice.

        Args:
            paths: Files and folders; folders are read recursively in sorted order.
            format: Reader to use instead of looking at the content.
            text: Input column that holds the text; guessed if None.
            source_id: Input column that identifies a row where it comes from.
            source: Name of the source instead of the relative path; files that share it are one
                source.
            licence: Licence recorded on every row.
            progress: Told `(source, result so far)` as batches are read.
            **options: Passed to the reader.

        Raises:
            UsageError: A format or column that was asked for does not exist.
            InputError: Nothing could be read.
        """
        self._refuse_version("add")
        files = [Path(path) for path in paths]
        chosen = AddOptions(format, text, source_id, source, licence, options)
        before = self.source.version if self.exists else 0
        inputs = {"paths": [str(path) for path in paths], "version": before}
        with runs.record(self.project.events, "add", self.name, inputs) as run:
            adder = Adder(self.path, self.project.events, chosen, run.key, progress)
            result = adder.add(files)
            run.outputs = {"version": result.version, "rows": result.rows_added}
        return result

    def compute(
        self,
        *ops: str | Mapping[str, Any],
        column: str | None = None,
        like: str | None = None,
        workers: int | None = None,
        max_quarantined: int | None = None,
        retry: bool = False,
        progress: Progress | None = None,
    ) -> ComputeResult:
        """Compute signals where they are missing, in all source rows even of a named version.

        Args:
            ops: Names (`text.stats`, `text.stats@datatrove`) or mappings with `op`, parameters and
                `as`.
            column: Column to read instead of the ops' own.
            like: Dataset whose fitted models are used, such as that of its `lsa` embedding: only
                then can vectors of the two be compared. Stored as `embed.<like>`, unless named.
            workers: Threads; all cores if None. The result does not depend on it.
            max_quarantined: Fail when more rows than this cannot be handled.
            retry: Try rows in quarantine again, with the rest of their fragment.
            progress: Told `(rows done, rows to do)`.

        Raises:
            UsageError: Unknown op or parameter, a missing input column, or nothing to be like.
        """
        if like is None:
            wanted = [self.step(request, column=column) for request in ops]
        else:
            other = self.project.dataset(like)
            wanted = [steps.step_like(other, request, column) for request in ops]
        table = self.source
        inputs = {"version": table.version, "signals": [step.name for step in wanted]}
        with runs.record(self.project.events, "compute", self.name, inputs) as run:
            result = compute.compute(
                self.path,
                wanted,
                events=self.project.events,
                assets=self.project.assets,
                run=run.key,
                workers=workers,
                max_quarantined=max_quarantined,
                retry=retry,
                progress=progress,
            )
            run.outputs = {"version": result.version, "rows": result.rows_computed}
        result.seconds = run.seconds
        return result

    def step(self, request: str | Mapping[str, Any], *, column: str | None = None) -> Step:
        """Read a request for a signal.

        A model that was not named is the one already used here, else the one this installation
        can run.
        """
        return steps.step(self, request, column)

    def missing(self, wanted: Sequence[Step]) -> bool:
        """Whether any row lacks any of the signals."""
        table = self.source
        return any(not is_current(table, step) for step in wanted) or bool(plan(table, wanted))

    def step_of(self, field: pa.Field) -> Step:
        """The step, with its fitted state, that made a stored column."""
        return steps.step_of(self, field)

    def request_of(self, field: pa.Field) -> dict[str, Any]:
        """The request that made a stored column, to ask for it again."""
        return steps.request_of(self, field)

    def view(
        self,
        *,
        filters: Sequence[str | Mapping[str, Any]] = (),
        search: Mapping[str, Any] | None = None,
        sort: Sequence[Mapping[str, Any]] = (),
    ) -> View:
        """The rows that all filters leave, in the order of a search or a sort.

        Args:
            filters: Expressions, row sets (`tag:NAME`), or `{column, op, value}`.
            search: `{query, like, unlike, mode}`, as for `search`; examples are lists.
            sort: `{column, desc}`, the first one counts most.

        Raises:
            UsageError: A filter, a column or a row is not known.
        """
        from assay.project.view.engine import Engine

        spec = {"filters": list(filters), "search": search, "sort": list(sort)}
        return Engine(self.project).view(self, spec)

    def tag(self, name: str, row_ids: Sequence[str], *, action: str = "add") -> dict[str, Any]:
        """Put a tag on rows (or take it off with `remove`); `untag` undoes it by its event."""
        return tags.tag(self, name, row_ids, action=action)

    def label(
        self, field: str, value: str | int | bool | None, row_ids: Sequence[str]
    ) -> dict[str, Any]:
        """Answer a field of rows (None takes answers back); `unlabel` undoes it by its event.

        What is in force reads as the column `labels.FIELD`: the last answer about a row, else what
        the row came with.
        """
        return labels.label(self, field, value, row_ids)

    def unlabel(self, event: str) -> dict[str, Any]:
        """Undo one act of labelling: what it said counts no more."""
        return labels.unlabel(self, event)

    def labels(self) -> list[dict[str, Any]]:
        """Every field that people answered: `{field, column, rows, values, event, by, time}`."""
        return labels.fields(self)

    def check(self, *names: str, **options: Any) -> list[StoredFinding]:
        """Run checks (all that apply if none is named) and return their findings, ranked."""
        return check.check(self, names, **options)

    def findings(self, *, state: str | None = "open") -> list[StoredFinding]:
        """Findings of the newest check, most serious first; `state=None` for triaged ones too."""
        return check.findings(self, state=state)

    def finding(self, key: str) -> StoredFinding:
        """The finding with that id, or whose id alone starts so."""
        return check.find_one(self, key)

    def triage(self, finding: str, action: str, *, note: str = "") -> StoredFinding:
        """Snooze, apply or undo a finding: an event, so nothing is lost."""
        return triage.triage(self, finding, action, note=note)

    def curate_applied(self, *, progress: Progress | None = None) -> CurateResult:
        """Make the version `applied` from the fixes of the findings that were applied."""
        rules = triage.applied_rules(self)
        if not rules:
            raise UsageError(
                f"No finding of '{self.name}' is applied that has a rule to curate by.",
                remedy=f"assay findings {self.name} --apply ID, or give a recipe file",
            )
        return self.curate(name="applied", rules=rules, progress=progress)

    def explain(self, row_id: str) -> dict[str, Any]:
        """Why a row is in or out, and where it comes from; the start of its id is enough."""
        return explain.explain(self, row.full_id(self, row_id))

    def diff(self, other: Dataset | str, *, deep: bool = True) -> dict[str, Any]:
        """How another dataset or version differs: rows, schema, statistics, overlap, what tells.

        Args:
            other: A dataset, or the name of one or of a version.
            deep: Whether to compare what rows say too, which takes most of the time.
        """
        from assay.project.diff import diff

        found = self.project.dataset(other) if isinstance(other, str) else other
        return diff(self, found, deep=deep)

    def gaps(
        self,
        target: Dataset | str,
        *,
        sources: Sequence[Dataset | str] = (),
        cells: int | None = None,
        limit: int = 20,
        seed: int = 0,
        on_step: Callable[[int, int, str], None] | None = None,
    ) -> Gaps:
        """Where a target has rows and these rows have fewer than their share, and what to get.

        Args:
            target: The rows that these should be like: a dataset, a version, or its name.
            sources: Other pools in which to look for what is missing.
            cells: Parts that the target is divided into, at most; by default one for 15 of its
                rows, at most 200.
            limit: Gaps to describe.
            seed: Of everything random; the same seed gives the same gaps.
            on_step: Told which step comes next: how many are done, of how many, and its name.

        Raises:
            UsageError: The two have no embedding in common.
        """
        from assay.project.gaps import gaps

        def opened(one: Dataset | str) -> Dataset:
            return self.project.dataset(one) if isinstance(one, str) else one

        pools = [opened(source) for source in sources]
        return gaps(
            self,
            opened(target),
            sources=pools,
            cells=cells,
            limit=limit,
            seed=seed,
            on_step=on_step,
        )

    def novelty(self, target: Dataset | str, *, label: str | None = None) -> pa.Table:
        """How unlike these rows each row of a target is: out-of-scope questions, new subjects.

        Args:
            target: The rows to score: a dataset, a version, or its name.
            label: Column of labels of these rows; then what fits no class is new as well.

        Returns:
            `id` and `score` (float64, higher is more unlike; null without a vector), a row for each
            row of the target.

        Raises:
            UsageError: The two have no embedding in common, or there are no such labels.
            MissingExtra: A label is given and the extra `insight` is not installed.
        """
        from assay.project.novelty import novelty

        asked = self.project.dataset(target) if isinstance(target, str) else target
        return novelty(self, asked, label=label)

    def report(
        self,
        path: str | Path | None = None,
        *,
        target: Dataset | str | None = None,
        app: str | None = None,
        progress: Progress | None = None,
        on_note: Callable[[str], None] | None = None,
    ) -> Report:
        """Describe the rows for people: composition, quality, risks, what to do and its effect.

        Checks that never ran run first; each number of the report has the view behind it.

        Args:
            path: Where to write it: `.html`, `.pdf` (printed by Chromium) or `.json`.
            target: What the rows should be like: with it, the report tells what they lack.
            app: Where the web app answers, for the links of the page.
            progress: Told `(rows done, rows to do)` while missing signals are computed.
            on_note: Told of what was left out, and why.
        """
        from assay.project import describe

        if path is not None:
            describe.known_form(Path(path))
        if isinstance(target, str):
            target = self.project.dataset(target)
        made = describe.report(self, target=target, progress=progress, on_note=on_note)
        if path is not None:
            describe.write(made, Path(path), app)
        return made

    def export(
        self,
        path: str | Path,
        *,
        format: str | None = None,
        columns: Sequence[str] | None = None,
        where: str | None = None,
    ) -> int:
        """Write the rows to a file (`-`: standard output) and return how many there were."""
        view = self.where(where) if where else self
        return export.export(view, Path(path), format=format, columns=columns)

    def _refuse_version(self, verb: str) -> None:
        if self.version is not None:
            raise UsageError(
                f"A named version never changes, so `{verb}` does not work on '{self.full_name}'.",
                remedy=f"use the dataset: assay {verb} {self.name}",
            )

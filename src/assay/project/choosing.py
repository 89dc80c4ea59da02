"""What makes versions of a dataset: recipes, subsets, splits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.errors import UsageError
from assay.project import curate
from assay.project.curate import CurateResult
from assay.project.handle import Handle
from assay.run.compute import Progress
from assay.run.recipe import Recipe

if TYPE_CHECKING:
    from assay.project.split import SplitResult
    from assay.project.subset import SubsetResult


class Choosing(Handle):
    """A dataset or version of which versions can be made."""

    def curate(
        self,
        recipe: Recipe | Mapping[str, Any] | str | Path | None = None,
        *,
        name: str = "curated",
        rules: Iterable[Any] = (),
        progress: Progress | None = None,
    ) -> CurateResult:
        """Make a named version by a recipe, or by rules given here.

        Rules given here come after the filters of `where`; a recipe says itself what it reads.

        Raises:
            UsageError: The recipe or a rule is wrong, or a recipe is given to filtered rows.
        """
        if recipe is None:
            given = [{"keep": text} for text in self.filters] + list(rules)
            recipe = {"name": name, "input": self.full_name, "rules": given}
        elif self.filters:
            raise UsageError(
                "A recipe reads all rows of its input, but these rows are filtered by `where`.",
                where=" and ".join(self.filters),
                remedy="put the condition into the recipe, as a keep rule",
            )
        return curate.curate(self.project, recipe, progress=progress)

    def subset(
        self,
        k: int,
        *,
        purpose: str | None = None,
        by: Sequence[str] = (),
        name: str | None = None,
        embedding: str | None = None,
        stay: float = 0.1,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> SubsetResult:
        """Choose `k` rows as a named version, which says of each what spoke for it.

        Called again after rows came, it makes the next edition: rows stay unless newcomers are
        clearly better, and the result tells which entered, which left, and why.

        Args:
            k: How many rows; all, if there are fewer.
            purpose: `label`, `train` or `eval`: what to choose by.
            by: Criteria of the selector `subset`, such as `diversity` or `balance:language=0.5`:
                added to those of the purpose, whose weights they replace.
            name: Of the version; the purpose by default.
            embedding: Column of vectors; the first one there is by default.
            stay: By more than which share of the largest gain newcomers have to be better.
            seed: Decides between equals.
            progress: Told of rows while signals are computed.

        Raises:
            UsageError: Neither purpose nor criteria are given, one of them is wrong, or the filter
                leaves no row; it says which condition fits none.
        """
        from assay.project.subset import subset

        return subset(
            self,
            k,
            purpose=purpose,
            by=by,
            name=name,
            embedding=embedding,
            stay=stay,
            seed=seed,
            progress=progress,
        )

    def split(
        self,
        parts: Mapping[str, float] | None = None,
        *,
        by: str | None = None,
        repeats: str = "drop",
        seed: int = 0,
        progress: Progress | None = None,
    ) -> SplitResult:
        """Deal the rows into named versions, so that nothing leaks from part to part.

        Shares are met to within one group. Split again after rows came, the bounds stay as they
        were: new rows are dealt like the old ones, which do not move.

        Args:
            parts: Names and shares; train 0.8, val 0.1 and test 0.1 by default.
            by: What stays together: `near` (near-duplicate texts, the default where there is text),
                `content` (equal contents), `group:COLUMN`, or `time:COLUMN` (earlier parts first).
            repeats: For groups and times, whose parts may have equal contents: `drop` leaves each
                content in the part of its first row, and the others out; `near` near-duplicate
                texts likewise; `keep` lets them leak. What is in several parts is counted.
            seed: Another seed deals the groups anew.
            progress: Told of rows while signals are computed.

        Raises:
            UsageError: A share, `by` or `repeats` is wrong, there are fewer groups than parts, or
                no row has a time.
        """
        from assay.project.split import split

        return split(self, parts, by=by, repeats=repeats, seed=seed, progress=progress)

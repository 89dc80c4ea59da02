"""How serious a finding is, on one scale for all checks."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Harm:
    """What a kind of problem costs.

    Attributes:
        whole: In [0, 1]: how bad it is if every row has it.
        single: In [0, 1]: which part of that one row alone already costs. Near 1 where a single
            case matters (a leaked key), 0 where only the share does (a quality rule).
    """

    whole: float
    single: float = 0.0


LEAK = Harm(1.0, 0.5)  # makes an evaluation worthless, and cannot be seen from the model
SECRET = Harm(1.0, 0.5)  # a working key or card number harms somebody from one copy on
PERSONAL = Harm(0.7, 0.1)
IDENTITY = Harm(0.8, 0.3)  # an id that is not one breaks every join
EXACT_DUPLICATE = Harm(0.6)
NEAR_DUPLICATE = Harm(0.5)
DAMAGE = Harm(0.6)
MIXED_VALUES = Harm(0.5, 0.1)
QUALITY = Harm(0.4)
LANGUAGE = Harm(0.4)
LENGTH = Harm(0.4)
LABEL_ERROR = Harm(0.7)  # teaches the opposite, and hides in an evaluation
AMBIGUOUS = Harm(0.3)
IMBALANCE = Harm(0.4)
SPURIOUS = Harm(0.6)  # a model that learned it looks right until the shortcut is gone
ONE_SOURCE = Harm(0.3)
DRIFT = Harm(0.4)
UNNAMED_GROUP = Harm(0.4)
OUTLIER = Harm(0.3)
USELESS_COLUMN = Harm(0.15)  # costs space and attention, not truth


def severity(harm: Harm, affected: int, total: int) -> float:
    """Severity of a finding, comparable across checks.

    `whole * (single + (1 - single) * sqrt(affected / total))`: the square root keeps small shares
    apart, which is where real data live (1% of rows gives a tenth of the whole, 0.01% a hundredth).

    Args:
        harm: What the kind of problem costs.
        affected: Rows (or evaluation items, or values) concerned.
        total: Out of how many, >= affected.

    Returns:
        In [0, 1], 1 is the most serious, rounded to 4 digits; 0 if nothing is affected.
    """
    if affected <= 0 or total <= 0:
        return 0.0
    share = min(affected / total, 1.0)
    return round(harm.whole * (harm.single + (1 - harm.single) * math.sqrt(share)), 4)

"""The registry fills itself when first asked, whoever asks."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from concurrent.futures import ThreadPoolExecutor
from assay import registry

def ask(_):
    return len(registry.selectors()), len(registry.ops())

with ThreadPoolExecutor(8) as pool:
    answers = set(pool.map(ask, range(8)))
(answer,) = answers
assert min(answer) > 0, answer
"""


def test_threads_that_ask_at_once_all_see_everything() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)

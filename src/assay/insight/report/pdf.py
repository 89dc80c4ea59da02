"""A page as PDF, printed by a headless Chromium that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from assay.errors import AssayError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
"""Commands that are looked for, in this order; ASSAY_CHROMIUM names another one."""
_SECONDS = 120


def to_pdf(html: str) -> bytes:
    """Print a page; nothing but the page itself is loaded.

    Raises:
        AssayError: No browser is installed, or it failed.
    """
    browser = os.environ.get("ASSAY_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if browser is None:
        raise AssayError(
            "A PDF is printed by Chromium, which is not installed.",
            allowed=", ".join(BROWSERS),
            remedy="install one, name yours in ASSAY_CHROMIUM, or write .html and print that",
        )
    with tempfile.TemporaryDirectory(prefix="assay-report-") as folder:
        source, made = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(html, encoding="utf-8")
        command = [browser, "--headless=new", "--disable-gpu", "--no-first-run"]
        command += [f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
        # As root the sandbox cannot start; the page is ours, has no scripts and loads nothing.
        command += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command += [f"--print-to-pdf={made}", source.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - found by name, no shell
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AssayError(
                f"Chromium did not print the report: {error}.", where=browser
            ) from error
        if not made.is_file() or done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            why = said[-1] if said else "it ended without a file"
            raise AssayError(
                f"Chromium did not print the report: {why}.",
                where=browser,
                remedy="write .html instead and print it from a browser",
            )
        return made.read_bytes()

"""Gaps: where a target has rows and a pool lacks them."""

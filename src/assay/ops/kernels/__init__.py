"""Compiled kernels; imported by ops when they are first called, never before."""

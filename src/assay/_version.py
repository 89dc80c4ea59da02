"""The version of the package, recorded with every fact it produces."""

__version__ = "0.1.0"

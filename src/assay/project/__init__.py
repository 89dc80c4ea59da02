"""The one object that all doors use."""

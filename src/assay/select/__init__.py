"""Rules and selectors: decisions about rows."""

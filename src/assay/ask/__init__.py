"""Questions about the data in words: a chat model may look, through a few read-only tools."""

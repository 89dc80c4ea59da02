"""The map: embeddings laid out in two dimensions, in named topics."""

"""The web door: routes that parse, call the project and serialise; no logic of their own."""

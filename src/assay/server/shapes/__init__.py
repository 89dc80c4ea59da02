"""The JSON shapes of the API, from which the browser's client is generated."""

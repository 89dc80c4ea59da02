"""What a search means: the expression language, names of columns, and search itself."""

"""How two sets of rows differ: schema, columns, cells, what tells them apart, what they share."""

"""Everything on disk: tables, versions, events, assets, files read and written."""

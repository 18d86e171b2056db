"""Where the tables of a sheet are, in which layout, and how each becomes one long table."""

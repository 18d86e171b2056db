"""The same overview made with other tools, and where they are installed."""

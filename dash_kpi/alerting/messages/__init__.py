"""Messages: what they say."""

"""Services that messages go to, as strict as the real ones, on loopback."""

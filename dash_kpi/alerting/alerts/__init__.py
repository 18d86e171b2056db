"""Alerts: what people do about them, and what is known of each."""

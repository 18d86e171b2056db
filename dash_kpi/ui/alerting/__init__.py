"""Thresholds, alerts and channels as people see them."""

"""Alerting: thresholds are judged, alerts live, messages are delivered."""

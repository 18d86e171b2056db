"""The outbox: every message is delivered, once, and its outcome written down."""

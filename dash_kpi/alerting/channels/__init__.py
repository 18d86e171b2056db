"""Channels: how a message reaches people, a module for each way."""

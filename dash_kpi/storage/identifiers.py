"""Identifiers in SQL that come from data."""


def quoted(name: str) -> str:
    """Quote an identifier, so that whatever a heading holds is a name and nothing else."""
    return '"' + name.replace('"', '""') + '"'

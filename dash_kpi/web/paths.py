"""Which requests are which, by their path."""

STATIC = ("/assets/", "/_dash-component-suites/", "/bootstrap/static/", "/_favicon.ico")
FLAG = "/api/flag"
HEALTH = ("/healthz", "/readyz", "/healthz/deliveries")
SIGNED = ("/slack/actions", "/whatsapp/reports")  # written to by services; each checks their signature for itself
PROGRAMS = ("/api/", "/_dash-")  # read by programs, which want JSON


def is_static(path: str) -> bool:
    """Tell whether the path is that of a file that is the same for everybody."""
    return path.startswith(STATIC)


def is_plain(path: str) -> bool:
    """Tell whether the answer needs no session, cookie or token."""
    return path == FLAG or path.startswith(STATIC) or path in HEALTH or is_signed(path)


def is_signed(path: str) -> bool:
    """Tell whether what comes there carries a signature in place of the token of a session."""
    return path in SIGNED


def is_for_programs(path: str) -> bool:
    """Tell whether a failure is to be reported as JSON."""
    return path.startswith(PROGRAMS)

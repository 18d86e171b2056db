"""The vault: the secrets of channels as they are kept, encrypted by a key that may be changed.

Fernet (AES-128-CBC with HMAC-SHA256). What is written is encrypted with the first key; what is read may be encrypted
with any of them: the keys of the setting, separated by commas with the newest first, and the one that is derived from
the instance's secret key (HKDF, RFC 5869), so that a key can be introduced, changed and taken away.
"""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dash_kpi.errors import Refused
from dash_kpi.settings import KEY_BYTES, Settings

PURPOSE = b"dash-kpi secrets of channels"


class Locked(Refused):
    """Secrets are encrypted with a key that is not there any more."""


def sealed(settings: Settings, values: Mapping[str, str]) -> str:
    """Return secrets as they are kept; nothing where there are none."""
    if not values:
        return ""
    return _box(settings.encryption_key, settings.secret_key).encrypt(json.dumps(dict(values)).encode()).decode()


def opened(settings: Settings, name: str, text: str) -> dict[str, str]:
    """Return the secrets of the channel that is called `name`. Raises Locked with what to do."""
    if not text:
        return {}
    try:
        found = json.loads(_box(settings.encryption_key, settings.secret_key).decrypt(text.encode()))
    except (InvalidToken, ValueError):
        raise Locked(f"The secrets of {name} were encrypted with another key: enter them again.") from None
    return {str(one): str(value) for one, value in found.items()}


def sealed_anew(settings: Settings, text: str) -> str:
    """Return what is kept, encrypted with the first key. Raises Locked."""
    try:
        return _box(settings.encryption_key, settings.secret_key).rotate(text.encode()).decode() if text else ""
    except InvalidToken:
        raise Locked("It was encrypted with another key.") from None


def is_readable(settings: Settings, text: str) -> bool:
    """Tell whether secrets as they are kept can be opened."""
    try:
        opened(settings, "", text)
    except Locked:
        return False
    return True


@lru_cache(maxsize=8)
def _box(keys: str, secret_key: str) -> MultiFernet:
    given = [Fernet(key.strip()) for key in keys.split(",") if key.strip()]
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE).derive(secret_key.encode())
    return MultiFernet([*given, Fernet(base64.urlsafe_b64encode(derived))])

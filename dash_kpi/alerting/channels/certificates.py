"""What is wrong with the certificate of a server, in words."""

import ssl

NO_TLS = "WRONG_VERSION_NUMBER"  # OpenSSL's name for an answer that is no TLS at all
UNTRUSTED = {
    10: "has expired",
    18: "is signed by itself",
    19: "is signed by an authority that this machine does not know",
    20: "is signed by an authority that this machine does not know",
    21: "is signed by an authority that this machine does not know",
    62: "is made out to another name",
    64: "is made out to another name",
}  # OpenSSL's X509_V_ERR_*


def words_of(error: ssl.SSLCertVerificationError, host: str) -> str:
    """Say what is wrong with the certificate of a host, and what to do."""
    matter = UNTRUSTED.get(error.verify_code, f"cannot be verified ({error.verify_message})")
    return (
        f"The certificate of {host} {matter}. Nothing was sent. Its operator has to mend it; an authority of your own "
        "must be known to the machine that sends (SSL_CERT_FILE)."
    )

"""A receiver of Standard Webhooks: verifies with the official package, keeps every `webhook-id` once."""

import ssl
from contextlib import suppress
from typing import Self

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.fakes.certificates import Certificate
from tests.fakes.faults import FakeService, Plan, Reply, Request

LARGEST = 20_000


class FakeReceiver(FakeService):
    """Takes what is signed with its secret; a message in the ledger is its `webhook-id` and its body as JSON."""

    def __init__(self, secret: str, plan: Plan | None = None, certificate: Certificate | None = None) -> None:
        super().__init__(plan)
        self.verifier = Webhook(secret)
        self.certificate = certificate
        self.redirect = ""  # where requests are sent on to
        self.is_gone = False
        self.repeats: list[str] = []  # the ids that came again and were dropped

    def __enter__(self) -> Self:
        super().__enter__()
        if self.certificate:
            self._server.socket = self._wrapped(self.certificate.context)
        return self

    def __exit__(self, *given: object) -> None:
        with suppress(ssl.SSLError):  # a client that does not trust the certificate is part of the game
            super().__exit__(*given)

    def _wrapped(self, context: ssl.SSLContext) -> ssl.SSLSocket:
        # The handshake happens in the thread of the request, by its first reading.
        return context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    def answer(self, request: Request) -> Reply:
        if self.redirect:
            return Reply(302, headers={"Location": self.redirect})
        if self.is_gone:
            return Reply(410)
        if request.method != "POST":
            return Reply(405)
        if len(request.body) >= LARGEST:
            return Reply(413)
        if request.headers.get("content-type") != "application/json":
            return Reply(415)
        return self.verified(request)

    def verified(self, request: Request) -> Reply:
        try:
            body = self.verifier.verify(request.body, dict(request.headers))
        except WebhookVerificationError as problem:
            return Reply.of(str(problem), 401)
        uid = request.headers["webhook-id"]
        if not {"type", "timestamp", "data"} <= set(body) or "." in uid:
            return Reply(422)
        if uid in self.kept:
            self.repeats.append(uid)
        else:
            self.accept(request, (uid, body))
        return Reply(204)

    @property
    def kept(self) -> list[str]:
        """The ids of the messages that were accepted."""
        return [entry.message[0] for entry in self.ledger]

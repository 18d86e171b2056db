"""A fake Slack: its Web API as far as bots that post use it, and incoming webhooks, as strict as the real one."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.faults import FakeService, Plan, Reply, Request
from tests.fakes.slack_rooms import Posted, Room, about, told
from tests.fakes.slack_rules import (
    MOST_CHARACTERS,
    TS,
    characters,
    invalid_blocks,
    metadata_problem,
)

TOKEN = "xoxb-111-222-abcdefghijkl"  # noqa: S105  of nothing
HOOK = "/services/T0000001/B0000001/abcdefghijklmnopqrstuvwx"
SCOPES = frozenset(
    {
        "chat:write",
        "channels:read",
        "groups:read",
        "channels:history",
        "groups:history",
    }  # what the set-up guide asks for
)
MOST_UPDATE = 4_000
CUT = 40_000


class _Refused(Exception):
    def __init__(self, error: str, **more: Any) -> None:
        self.answer = {"ok": False, "error": error, **more}


class FakeSlack(FakeService):
    """Slack with two channels and one webhook; `token_error` and `hook_error` make it refuse them."""

    def __init__(self, plan: Plan | None = None, *, is_paced: bool = False) -> None:
        super().__init__(plan)
        self.token, self.token_error = TOKEN, ""
        self.scopes = set(SCOPES)
        self.rooms = {
            room.id: room for room in (Room("C00000001", "sales"), Room("C00000002", "finance", is_private=True))
        }
        self.hooks, self.hook_error = {HOOK: "C00000001"}, (0, "")
        self.is_paced = is_paced
        self.most_page = 1000
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._last = 0

    @property
    def api_url(self) -> str:
        """What the setting `slack_url` is."""
        return f"{self.url}api/"

    @property
    def hook_url(self) -> str:
        """The address of the webhook of #sales."""
        return self.url.rstrip("/") + HOOK

    def room(self, name: str) -> Room:
        """Return a channel by its name or ID."""
        return next(room for room in self.rooms.values() if name.removeprefix("#") in (room.id, room.name))

    def answer(self, request: Request) -> Reply:
        """Answer as Slack does: errors of the Web API with status 200, those of webhooks in plain text."""
        path = urlsplit(request.path).path
        if path.startswith("/services/"):
            return self._hook(path, request)
        method = METHODS.get(path.removeprefix("/api/"))
        try:
            if method is None or not path.startswith("/api/"):
                raise _Refused("unknown_method", req_method=path.removeprefix("/api/"))
            given = self._arguments(request)
            self._check_token(request, given)
            self.calls.append((path.removeprefix("/api/"), given))
            return method(self, request, given)
        except _Refused as refused:
            return Reply.of(refused.answer, x_oauth_scopes=",".join(sorted(self.scopes)))

    def _arguments(self, request: Request) -> dict[str, Any]:
        kind = request.headers.get("content-type", "")
        found: dict[str, Any] = dict(parse_qsl(urlsplit(request.path).query))
        if kind.startswith("application/json") and request.body:  # slack_sdk says JSON also of nothing
            try:
                body = request.json
            except ValueError:
                raise _Refused("invalid_json") from None
            if not isinstance(body, dict):
                raise _Refused("json_not_object")
            return found | {name: value for name, value in body.items() if name != "token"}
        if request.body and not kind.startswith("application/x-www-form-urlencoded"):
            raise _Refused("invalid_post_type")
        return found | dict(parse_qsl(request.body.decode()))

    def _check_token(self, request: Request, given: dict[str, Any]) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or given.pop("token", "")
        if not token:
            raise _Refused("not_authed")
        if token != self.token:
            raise _Refused("invalid_auth")
        if self.token_error:
            raise _Refused(self.token_error)

    def _need(self, scope: str) -> None:
        if scope not in self.scopes:
            raise _Refused("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def _room(self, given: dict[str, Any], *, by_name: bool = False) -> Room:
        wanted = str(given.get("channel") or "")
        for room in self.rooms.values():
            if wanted == room.id or (by_name and wanted.removeprefix("#") == room.name):
                if room.is_private and not room.has_bot:
                    break  # it does not even know that there is one
                return room
        raise _Refused("channel_not_found")

    def _new_ts(self) -> str:
        self._last = max(self._last + 1, int((time.time() - self.behind) * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def _pace(self, room: Room, request: Request) -> Reply | None:
        """Refuse more than one message a second."""
        if self.is_paced and request.at - room.last_at < 1.0:
            return Reply.of({"ok": False, "error": "ratelimited"}, 429, Retry_After="1")
        room.last_at = request.at
        return None

    def _post_message(self, request: Request, given: dict[str, Any]) -> Reply:
        self._need("chat:write")
        room = self._room(given, by_name=True)
        if not room.has_bot and "chat:write.public" not in self.scopes:
            raise _Refused("not_in_channel")
        if room.is_archived:
            raise _Refused("is_archived")
        _check_content(given)
        thread = given.get("thread_ts")
        if thread is not None:
            if isinstance(thread, str) and not TS.fullmatch(thread):
                raise _Refused("invalid_thread_ts")
            if room.is_locked:
                raise _Refused("restricted_action_thread_locked")
        if wait := self._pace(room, request):
            return wait
        post = self._keep(room, request, given, thread)
        message = {"type": "message", "text": post.text, "ts": post.ts, "bot_id": "B0000001"}
        return _fine({"channel": room.id, "ts": post.ts, "message": message})

    def _keep(self, room: Room, request: Request, given: dict[str, Any], thread: Any = None) -> Posted:
        text = str(given.get("text") or "")[:CUT]
        post = Posted(self._new_ts(), text, given.get("blocks"), given.get("metadata"), at=request.at)
        if thread is not None:
            post.thread_ts, post.is_broadcast = str(thread), bool(given.get("reply_broadcast"))
        parents = {one.ts for one in room.messages if one.thread_ts is None}
        (room.messages if thread is None or thread in parents else room.lost).append(post)
        self.accept(request, post)
        return post

    def _update(self, request: Request, given: dict[str, Any]) -> Reply:
        self._need("chat:write")
        room = self._room(given)  # by its ID alone
        post = next((one for one in room.messages if one.ts == given.get("ts")), None)
        if post is None:
            raise _Refused("message_not_found")
        _check_content(given)
        if len(str(given.get("text") or "")) > MOST_UPDATE:
            raise _Refused("msg_too_long")
        post.text, post.blocks, post.edits = str(given.get("text") or ""), given.get("blocks"), post.edits + 1
        return _fine({"channel": room.id, "ts": post.ts, "text": post.text})

    def _auth_test(self, request: Request, given: dict[str, Any]) -> Reply:
        who = {"url": "https://example.slack.com/", "team": "Example Ltd", "user": "kpi-bot"}
        ids = {"team_id": "T0000001", "user_id": "U0000001", "bot_id": "B0000001"}
        return _fine(who | ids, x_oauth_scopes=",".join(sorted(self.scopes)))

    def _history(self, request: Request, given: dict[str, Any]) -> Reply:
        room = self._readable(given)
        return self._page([one for one in reversed(room.messages) if one in room.top], given)

    def _replies(self, request: Request, given: dict[str, Any]) -> Reply:
        room = self._readable(given)
        parent = [one for one in room.messages if one.ts == given.get("ts") and one.thread_ts is None]
        if not parent:
            raise _Refused("thread_not_found")
        return self._page(room.thread(parent[0].ts), given, first=parent)

    def _readable(self, given: dict[str, Any]) -> Room:
        room = self._room(given)
        self._need("groups:history" if room.is_private else "channels:history")
        if not room.has_bot:
            raise _Refused("not_in_channel")
        return room

    def _page(self, posts: list[Posted], given: dict[str, Any], first: list[Posted] | None = None) -> Reply:
        kept = [one for one in posts if float(one.ts) > float(given.get("oldest") or 0)]
        size = min(int(given.get("limit") or 100), self.most_page)
        begin = _number(given.get("cursor"))
        has_metadata = str(given.get("include_all_metadata")).lower() in ("1", "true")
        page = [*(first or []), *kept[begin : begin + size]]
        more = str(begin + size) if begin + size < len(kept) else ""
        messages = [told(one, has_metadata) for one in page]
        return _fine({"messages": messages, "has_more": bool(more), "response_metadata": {"next_cursor": more}})

    def _info(self, request: Request, given: dict[str, Any]) -> Reply:
        room = self._room(given)
        self._need("groups:read" if room.is_private else "channels:read")
        return _fine({"channel": about(room)})

    def _conversations(self, request: Request, given: dict[str, Any]) -> Reply:
        kinds = str(given.get("types") or "public_channel").split(",")
        for kind in kinds:
            self._need("groups:read" if kind == "private_channel" else "channels:read")
        mine = [room for room in self.rooms.values() if room.has_bot]
        found = [room for room in mine if ("private_channel" if room.is_private else "public_channel") in kinds]
        return _fine({"channels": [about(room) for room in found], "response_metadata": {"next_cursor": ""}})

    def _hook(self, path: str, request: Request) -> Reply:
        if path not in self.hooks:
            return Reply.of("no_service", 404)
        if self.hook_error[0]:
            return Reply.of(self.hook_error[1], self.hook_error[0])
        room = self.rooms[self.hooks[path]]
        try:
            given = request.json
            if not isinstance(given, dict):
                raise ValueError
        except ValueError:
            return Reply.of("invalid_payload", 400)
        try:
            _check_content(given)
        except _Refused as refused:
            return Reply.of(str(refused.answer["error"]), 400)
        if room.is_archived:
            return Reply.of("channel_is_archived", 410)
        if wait := self._pace(room, request):
            return wait
        self._keep(room, request, given)  # without a ts in the answer
        return Reply.of("ok")


METHODS: dict[str, Callable[[FakeSlack, Request, dict[str, Any]], Reply]] = {
    "auth.test": FakeSlack._auth_test,
    "chat.postMessage": FakeSlack._post_message,
    "chat.update": FakeSlack._update,
    "conversations.history": FakeSlack._history,
    "conversations.replies": FakeSlack._replies,
    "conversations.info": FakeSlack._info,
    "users.conversations": FakeSlack._conversations,
}


def _check_content(given: dict[str, Any]) -> None:
    blocks, text = given.get("blocks"), given.get("text")
    if not blocks and not (isinstance(text, str) and text.strip()):
        raise _Refused("no_text")
    if blocks is not None:
        if not isinstance(blocks, list):
            raise _Refused("invalid_blocks_format")
        if problems := invalid_blocks(blocks):
            raise _Refused("invalid_blocks", response_metadata={"messages": [f"[ERROR] {one}" for one in problems]})
        if characters(blocks) > MOST_CHARACTERS:
            raise _Refused("msg_blocks_too_long")
    if given.get("metadata") is not None and (problem := metadata_problem(given["metadata"])):
        raise _Refused(problem)


def _fine(answer: dict[str, Any], **headers: str) -> Reply:
    return Reply.of({"ok": True, **answer}, 200, **headers)


def _number(cursor: Any) -> int:
    if not cursor:
        return 0
    if not str(cursor).isdigit():
        raise _Refused("invalid_cursor")
    return int(cursor)

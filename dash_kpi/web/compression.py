"""Compression of what is made for each request: quick rather than thorough."""

import gzip

from flask import Flask, Response, request

SMALLEST = 1024  # bytes; below, a packet is a packet
COMPRESSED = frozenset({"application/json", "text/html"})


def compress_answers(server: Flask) -> None:
    """Compress JSON and HTML for clients that accept it."""

    @server.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in COMPRESSED or response.is_streamed or response.content_encoding:
            return response
        if (response.content_length or 0) <= SMALLEST or not request.accept_encodings["gzip"]:
            return response
        response.set_data(gzip.compress(response.get_data(), 1))
        response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
        return response

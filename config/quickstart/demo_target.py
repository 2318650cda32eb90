#!/usr/bin/env python3
"""A target to deliver to, for the quickstart: three paths with three tempers.

    POST /         takes every event: 204
    POST /flaky    fails the first three attempts at each event with 503, then takes it
    POST /broken   fails with 500 until PUT /broken/repaired

usage: demo_target.py PORT LOG      LOG gets one line for each attempt; prints "ready" when it listens on 127.0.0.1
"""
import collections
import http.server
import sys
import threading

FAILURES_BEFORE_SUCCESS = 3


class Tempers:
    """How often each event came to /flaky, and whether /broken has been repaired."""

    def __init__(self):
        self.lock = threading.Lock()
        self.attempts = collections.Counter()
        self.broken = True

    def answer(self, path, event):
        with self.lock:
            if path == "/flaky":
                self.attempts[event] += 1
                return 503 if self.attempts[event] <= FAILURES_BEFORE_SUCCESS else 204
            if path == "/broken":
                return 500 if self.broken else 204
            return 204 if path == "/" else 404


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        event = self.headers.get("ce-id", "")
        status = self.server.tempers.answer(self.path, event)
        self.reply(status)
        attempt = self.headers.get("Signalbox-Attempt", "?")
        print(self.path, self.headers.get("ce-type", ""), event, "attempt", attempt, status, file=self.server.log, flush=True)

    def do_PUT(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.tempers.broken = self.path != "/broken/repaired"
        self.reply(204)

    def reply(self, status):
        self.send_response(status)
        if status >= 400:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # the broker opens many connections at once


def main(port, log):
    server = Server(("127.0.0.1", int(port)), Handler)
    server.tempers = Tempers()
    server.log = open(log, "a")
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2])
    except KeyboardInterrupt:
        pass

"""Says hello, and where from. GET / greets, /healthz tells whether it is well, /status the same as JSON."""

import json
import os
import signal
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = os.environ.get("GREETING", "Hello World!")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/":
            self.answer("text/plain; charset=utf-8", f"{GREETING}\nfrom {socket.gethostname()}\n")
        elif self.path == "/status":
            self.answer("application/json", json.dumps({"result": "OK - healthy"}) + "\n")
        elif self.path == "/healthz":
            self.answer("text/plain; charset=utf-8", "ok\n")
        else:
            self.send_error(404)

    def answer(self, content_type, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Handler)
    # The first process of a container ignores signals that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

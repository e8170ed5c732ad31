"""A receiver of webhooks, on a port of its own: it answers as it is told, and checks signatures as
https://www.standardwebhooks.com has it, with Python's own hmac."""
import base64
import hashlib
import hmac
import http.server
import json
import threading
import time


class Receiver:
    """Answers with the statuses given, one after the other, and then with 204; (status, headers) gives headers, too."""

    def __init__(self, *answers, port=0, pause_seconds=0):
        self.received, self.connections = [], 0
        answers = list(answers)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def setup(self):
                receiver.connections += 1
                super().setup()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(pause_seconds)
                answer = answers.pop(0) if answers else 204
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                receiver.received.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count, seconds=60):
        deadline = time.monotonic() + seconds
        while len(self.received) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.received)} of {count} webhooks came")
            time.sleep(0.05)
        return self.received[:count]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def checked(received, secret):
    """The body of a webhook that is signed right, as JSON."""
    _, headers, body = received
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(headers["webhook-signature"], expected):
        raise AssertionError("the signature is not right")
    if abs(int(headers["webhook-timestamp"]) - time.time()) > 300:
        raise AssertionError("the timestamp is not that of now")
    return json.loads(body)

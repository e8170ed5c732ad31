"""A server of the program under test, with a store of its own, and a small HTTP client that sends exactly the bytes it is
told to where that matters."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

from journey import PROGRAM, SAMPLE, SANITIZERS

SAMPLE_ARGUMENTS = [str(SAMPLE / "primary_sales.csv"), "--metadata", str(SAMPLE / "metadata")]
JSON = {"Content-Type": "application/json"}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    """Started with the program's arguments; `with` ends it."""

    def __init__(self, folder, *arguments, source=None, environment=None, log_folder=None):
        self.folder = folder
        self.store = folder / "insights.db"
        self.log = open((log_folder or folder) / "log.jsonl", "ab+")
        self.log_begin = len(self.logged())
        self.process = subprocess.Popen(
            [PROGRAM, "serve", *(source or SAMPLE_ARGUMENTS), "--store", str(self.store), "--port", "0", *arguments],
            stderr=self.log, stdout=subprocess.DEVNULL, cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "NO_COLOR": "1",
                 **SANITIZERS, **(environment or {})})
        self.port = self._port()
        self.headers = {}

    def _port(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            # A log that is continued has lines of earlier servers before ours.
            lines = self.logged()[self.log_begin:]
            found = re.search(rb'"event":"serving","address":"http://[^"]*:(\d+)"', lines)
            if found:
                return int(found.group(1))
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended: {lines.decode()}")
            time.sleep(0.02)
        raise AssertionError("the server does not come up")

    def logged(self):
        with open(self.log.name, "rb") as file:
            return file.read()

    def ask(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            sent = {**self.headers, **(JSON if method != "GET" else {}), **(headers or {})}
            text = json.dumps(body) if isinstance(body, (dict, list)) else body
            connection.request(method, path, text, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path, body=None, headers=None):
        return self.ask("POST", path, {} if body is None else body, headers)

    def raw(self, data, timeout=20):
        """Sends these bytes, and gives all that comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            try:
                connection.sendall(data)
            except OSError:
                pass
            received = b""
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except OSError:
                pass
            return received

    def events(self, run, last_id=None, timeout=60):
        """The events of a run until the stream ends: (id, kind, data)."""
        headers = {**self.headers, **({"Last-Event-ID": str(last_id)} if last_id is not None else {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.request("GET", f"/api/v1/explorations/{run}/events", headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            return []
        text = answer.read().decode()
        connection.close()
        return [(int(number), kind, json.loads(data))
                for number, kind, data in re.findall(r"id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n", text)]

    def explored(self, **request):
        """One exploration from its request to its end."""
        run = self.post("/api/v1/explorations", request).json()["id"]
        return self.ended(run)

    def until_ready_is(self, status, seconds=30):
        """What /health/ready answers as soon as it answers with this status."""
        deadline = time.monotonic() + seconds
        while (answer := self.get("/health/ready")).status != status:
            if time.monotonic() > deadline:
                raise AssertionError(f"{answer.status}, not {status}: {answer.body}")
            time.sleep(0.3)
        return answer.json()

    def ended(self, run, seconds=120):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            seen = self.get(f"/api/v1/explorations/{run}").json()
            if seen["state"] not in ("queued", "running"):
                return seen
            time.sleep(0.02)
        raise AssertionError(f"{run} does not end")

    def memory_kilobytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        self.log.close()

"""A Redis server of the tests' own: its own folder, a free port of 127.0.0.1, ended by its own pid."""
import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from postgres_server import free_port

PASSWORD = "own/p@ss word"  # awkward on purpose: it has to be escaped in a URL
URL_PASSWORD = "own%2Fp%40ss%20word"


def program():
    return shutil.which("redis-server")


class Server:
    """Started when made."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="insights-redis-")
        self.port = free_port()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [program(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "", "--appendonly", "no",
             "--requirepass", PASSWORD], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(OSError):
                if self.ask("PING") == b"+PONG":
                    return
            time.sleep(0.05)
        raise RuntimeError("the Redis server does not answer")

    def ask(self, *words):
        """The first line that it answers; of a bulk or a list the rest, too."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            file = connection.makefile("rwb")
            for command in (("AUTH", PASSWORD), words):
                parts = [word if isinstance(word, bytes) else str(word).encode() for word in command]
                file.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
            file.flush()
            file.readline()
            return self.reply(file)

    def reply(self, file):
        line = file.readline().rstrip(b"\r\n")
        if line.startswith(b"$") and line != b"$-1":
            return file.read(int(line[1:]) + 2)[:-2]
        if line.startswith(b"*"):
            return [self.reply(file) for _ in range(int(line[1:]))]
        return line

    def kill(self):
        self.process.kill()
        self.process.wait()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def remove(self):
        if self.process.poll() is None:
            self.go_on()
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, password=URL_PASSWORD):
        return f"redis://:{password}@127.0.0.1:{self.port}/0"

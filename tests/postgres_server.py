"""A PostgreSQL server of the tests' own: its own data directory, a free port of 127.0.0.1, stopped by its own pid.

As a program it runs a command with the server's URL in INSIGHTS_TEST_POSTGRES:
    python3 tests/postgres_server.py build/dev/src/insights_source_test
"""
import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PASSWORD = "owner/p@ss word"  # awkward on purpose: it has to be escaped in a URL
URL_PASSWORD = "owner%2Fp%40ss%20word"


def programs():
    """The folder of initdb and postgres, or None where no server is installed."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True)
    folders += os.environ["PATH"].split(os.pathsep)
    needed = ("initdb", "postgres", "pg_isready", "psql")
    return next((folder for folder in folders if all(os.access(f"{folder}/{name}", os.X_OK) for name in needed)), None)


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Started when made. `url(database, user, password)` is how it is reached."""

    def __init__(self, settings=()):
        self.bin = programs()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="insights-postgres-"))
        self.data = self.folder / "data"
        self.port = free_port()
        self.settings = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}",
                         "fsync=off", "full_page_writes=off", "shared_buffers=64MB",
                         "max_connections=20", "logging_collector=off", *settings]
        self.user = None
        if os.geteuid() == 0:  # the server refuses to run as root
            self.user = pwd.getpwnam("postgres")
            shutil.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        self.as_server([f"{self.bin}/initdb", "-D", self.data, "-U", "owner", "--auth=scram-sha-256", f"--pwfile={password}",
                        "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
        self.process = None
        try:
            self.start()
        except BaseException:
            self.remove()
            raise

    def as_server(self, command):
        subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, **self.identity())

    def identity(self):
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [], "cwd": self.folder}

    def start(self):
        options = [word for setting in self.settings for word in ("-c", setting)]
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([f"{self.bin}/postgres", "-D", str(self.data), *options], stdout=self.log, stderr=self.log,
                                        **self.identity())
        for _ in range(300):
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            with contextlib.closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0 and self.answers():
                    return
            time.sleep(0.05)
        raise RuntimeError("the server does not answer:\n" + (self.folder / "log").read_text())

    def answers(self):
        return subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0

    def stop(self, how=signal.SIGINT):
        """SIGINT: fast shutdown. SIGQUIT: as in a crash."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)
        self.log.close()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="postgres", user="owner", password=URL_PASSWORD):
        return f"postgres://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def sql(self, text, database="postgres", file=None):
        """Runs a script as the owner; what it printed."""
        command = [f"{self.bin}/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
                   "-U", "owner", "-d", database]
        done = subprocess.run(command + (["-f", str(file)] if file else []), input=None if file else text, text=True,
                              capture_output=True, env={**os.environ, "PGPASSWORD": PASSWORD, "PGOPTIONS": "-c client_min_messages=error"})
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout


def main():
    if programs() is None:
        print("SKIPPED: no PostgreSQL server is installed (Debian: apt-get install postgresql)", file=sys.stderr)
        return 0
    server = Server()
    try:
        return subprocess.run(sys.argv[1:], env={**os.environ, "INSIGHTS_TEST_POSTGRES": server.url()}).returncode
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())

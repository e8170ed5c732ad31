#!/usr/bin/env python3
"""kill -9 at random moments of a run: no finding that was announced is lost, the store opens, the run resumes.

  INSIGHTS_BIN=build/release/src/cli/insights bench/server_kill.py [TIMES] [DATA.csv]

Ends with 1 when anything was lost.
"""
import pathlib
import random
import re
import socket
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
from server_process import SAMPLE_ARGUMENTS, Server  # noqa: E402


def follow(server, run, told):
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(f"GET /api/v1/explorations/{run}/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
            while data := connection.recv(65536):
                told.append(data)
    except OSError:
        pass


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    source = sys.argv[2:] or SAMPLE_ARGUMENTS
    chance = random.Random(6)
    announced = lost = interrupted = resumed = damaged = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with Server(folder, "--without-keys", source=source) as server:
            begun = time.monotonic()
            server.explored()
            whole = time.monotonic() - begun
        for _ in range(times):
            with Server(folder, "--without-keys", source=source) as server:
                run = server.post("/api/v1/explorations").json()["id"]
                told = []
                watcher = threading.Thread(target=follow, args=(server, run, told))
                watcher.start()
                time.sleep(chance.uniform(0, whole))
                server.kill()
                watcher.join()
            findings = {int(number) for number in re.findall(rb'event: finding\ndata: .*?"finding":(\d+)', b"".join(told))}
            announced += len(findings)
            with sqlite3.connect(folder / "insights.db") as store:
                damaged += store.execute("PRAGMA integrity_check").fetchone() != ("ok",)
                kept = {number for (number,) in store.execute("SELECT finding FROM sightings WHERE run = ?", (run,))}
            store.close()
            lost += len(findings - kept)
            with Server(folder, "--without-keys", source=source) as server:
                state = server.get(f"/api/v1/explorations/{run}").json()["state"]
                interrupted += state == "interrupted"
                if state == "interrupted":
                    server.post(f"/api/v1/explorations/{run}/resume")
                resumed += state == "interrupted" and server.ended(run)["state"] == "done"
    print(f"killed {times} times within {whole:.1f} s runs: {announced} findings were announced, {lost} lost; {interrupted} runs were "
          f"interrupted, {resumed} resumed to their end; {damaged} stores damaged")
    return 1 if lost or damaged or interrupted != resumed else 0


if __name__ == "__main__":
    sys.exit(main())

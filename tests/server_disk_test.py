"""insights serve on a disk that cannot be written, and under a clock that is set back: it answers, says what is wrong, and
recovers. A full disk is in server_test.py."""
import contextlib
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import time
import unittest

from journey import PROGRAM, Journey, run
from server_process import SAMPLE_ARGUMENTS, Server


def done(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, check=False).returncode == 0


class Disks(Journey):
    def test_a_store_that_becomes_read_only_is_said_and_lived_through(self):
        """The files are made immutable under the open store: the file system refuses every write, also by descriptors
        that are open."""
        disk = self.folder / "disk"
        disk.mkdir()
        probe = self.file("probe", "x")
        if not (shutil.which("chattr") and done("chattr", "+i", probe)):
            self.skipTest("SKIPPED: files cannot be made immutable here")
        done("chattr", "-i", probe)
        log = self.folder / "log"
        log.mkdir()
        files = [disk / f"insights.db{end}" for end in ("", "-wal", "-shm")]
        with Server(disk, "--without-keys", log_folder=log) as server:
            self.assertEqual(server.explored()["state"], "done")
            made = server.post("/api/v1/schedules", {"name": "nightly", "cron": "@daily"}).json()["id"]
            server.until_ready_is(200)
            before = server.get("/api/v1/findings?limit=500").json()
            self.assertTrue(all(done("chattr", "+i", file) for file in files))
            try:
                reasons = server.until_ready_is(503)
                self.assertIn("the store cannot be written", json.dumps(reasons))
                self.assertTrue(next(check for check in reasons["checks"] if check["check"] == "database")["ok"])
                for path, body in (("/api/v1/explorations", {}), (f"/api/v1/schedules/{made}/run", {}),
                                   ("/api/v1/schedules", {"name": "x", "cron": "@daily"})):
                    refused = server.post(path, body)
                    self.assertEqual((refused.status, refused.json()["code"]), (503, "store_unavailable"), path)
                    self.assertNotIn(str(disk), refused.body.decode())
                self.assertEqual(server.get("/api/v1/findings?limit=500").json(), before)
                self.assertEqual(server.get("/health/live").status, 200)
                self.assertEqual(server.get(f"/api/v1/schedules/{made}").status, 200)
            finally:
                self.assertTrue(all(done("chattr", "-i", file) for file in files))
            server.until_ready_is(200)
            self.assertEqual(server.explored()["state"], "done")
            self.assertEqual(server.ended(server.post(f"/api/v1/schedules/{made}/run").json()["id"])["state"], "done")
            self.assertIn("cannot be", server.logged().decode())
        with contextlib.closing(sqlite3.connect(disk / "insights.db")) as store:
            self.assertEqual(store.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    def test_on_a_read_only_disk_it_does_not_start_and_says_why(self):
        disk = self.folder / "disk"
        disk.mkdir()
        with Server(disk, "--without-keys", log_folder=self.folder):
            pass
        if not done("mount", "--bind", disk, disk):
            self.skipTest("SKIPPED: no file system may be mounted here")
        self.addCleanup(lambda: done("umount", disk))
        self.assertTrue(done("mount", "-o", "remount,bind,ro", disk))
        for store in ("insights.db", "new.db"):
            ended = run("serve", *SAMPLE_ARGUMENTS, "--without-keys", "--port", "0", "--store", disk / store)
            self.assertEqual(ended.returncode, 1, ended.stderr)
            self.assertRegex(ended.stderr, "cannot (be (written|opened)|open the store)")
            self.assertIn(str(disk), ended.stderr)
        self.assertTrue(done("mount", "-o", "remount,bind,rw", disk))
        with Server(disk, "--without-keys", log_folder=self.folder) as server:
            server.until_ready_is(200)


class Clocks(Journey):
    """The server under libfaketime, whose clock follows a file."""

    def setUp(self):
        super().setUp()
        library = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
        if library is None:
            self.skipTest("SKIPPED: libfaketime is not installed")
        if re.search(r"lib[at]san", subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=False).stdout):
            self.skipTest("SKIPPED: libfaketime does not go with a sanitizer")
        self.clock = self.folder / "clock"
        self.environment = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_CACHE_DURATION": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}

    def set_clock(self, text):
        """The clock shows this now, and goes on from there."""
        moment = int(subprocess.run(["date", "-u", "-d", text, "+%s"], capture_output=True, text=True, check=True).stdout)
        self.clock.write_text(f"{moment - time.time():+.3f}\n", encoding="ascii")

    def occurrences(self, server, schedule):
        items = server.get(f"/api/v1/schedules/{schedule}/occurrences").json()["items"]
        return [(item["due_at"], item["outcome"]) for item in reversed(items)]

    def wait(self, server, schedule, count, seconds=30):
        deadline = time.monotonic() + seconds
        while len(found := self.occurrences(server, schedule)) < count:
            self.assertLess(time.monotonic(), deadline, found)
            time.sleep(0.2)
        return found

    def test_a_clock_that_goes_back_runs_nothing_twice_and_is_said(self):
        self.set_clock("2026-03-10 02:59:40")
        with Server(self.folder, "--without-keys", environment=self.environment) as server:
            made = server.post("/api/v1/schedules", {"name": "nightly", "cron": "0 3 * * *"}).json()
            self.assertEqual(made["next_at"], "2026-03-10T03:00:00.000Z")
            first = self.wait(server, made["id"], 1)
            self.assertEqual(first, [("2026-03-10T03:00:00.000Z", "started")])
            self.set_clock("2026-03-10 02:59:45")
            deadline = time.monotonic() + 8
            while not (ready := server.get("/health/ready")).json()["degraded"]:
                self.assertLess(time.monotonic(), deadline, ready.body)
                time.sleep(0.2)
            self.assertEqual(ready.status, 200)
            self.assertIn("the clock went back", ready.json()["degraded"][0])
            time.sleep(20)  # it is three again
            self.assertEqual(self.occurrences(server, made["id"]), first)
            self.assertEqual(server.explored()["state"], "done")
            self.assertIn('"event":"clock_went_back"', server.logged().decode())
            # Ahead by more than a day: what was passed over is missed. It has caught up, and nothing is wrong any more.
            self.set_clock("2026-03-11 12:00:00")
            self.assertEqual(self.wait(server, made["id"], 2), [*first, ("2026-03-11T03:00:00.000Z", "missed")])
            self.assertEqual(server.get("/health/ready").json()["degraded"], [])
            self.assertEqual(server.explored()["state"], "done")

    def test_a_server_that_was_down_makes_up_for_missed_times_once(self):
        self.set_clock("2026-03-10 02:30:00")
        with Server(self.folder, "--without-keys", environment=self.environment) as server:
            made = server.post("/api/v1/schedules", {"name": "hourly", "cron": "0 * * * *", "missed": "run_once"}).json()["id"]
        self.set_clock("2026-03-10 08:10:00")
        with Server(self.folder, "--without-keys", environment=self.environment) as server:
            self.assertEqual(self.wait(server, made, 1), [("2026-03-10T03:00:00.000Z", "started")])
            item = server.get(f"/api/v1/schedules/{made}/occurrences").json()["items"][0]
            self.assertIn("6 times were missed", item["reason"])
            time.sleep(3)
            self.assertEqual(len(self.occurrences(server, made)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Results of queries that are kept, over a real Redis server: what is saved, and that nothing Redis does ends or changes a run."""
import json
import re
import socket
import sys
import threading
import time
import unittest

import redis_server
from journey import SAMPLE, Journey, explore, run
from server_process import Server

ARGUMENTS = [SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata"]


def metric(server, name):
    """The value of a series: `insights_cache_total{outcome="hit"}`."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", server.get("/metrics").body.decode(), re.MULTILINE)
    return float(found.group(1)) if found else 0.0


class InTheProcess(Journey):
    def setUp(self):
        super().setUp()
        self.server = Server(self.folder, "--without-keys")
        self.addCleanup(lambda: self.server.__exit__())

    def report(self):
        run_id = self.server.explored()["id"]
        return run_id, self.server.get(f"/api/v1/explorations/{run_id}/report").json()

    def test_the_second_exploration_says_what_was_saved_and_finds_the_same(self):
        _, first = self.report()
        second_id, second = self.report()
        self.assertNotIn("cache", first["spent"])
        self.assertGreater(second["spent"]["cache"]["queries"], 5)
        self.assertEqual(second["findings"], first["findings"])
        self.assertEqual(second["spent"]["queries"], first["spent"]["queries"])
        queries = self.server.get(f"/api/v1/explorations/{second_id}/queries?limit=500").json()["items"]
        self.assertEqual(sum(query["cached"] for query in queries), second["spent"]["cache"]["queries"])
        # What is published was read from the database in this very run.
        asked = {query["sql"] for query in queries if not query["cached"]}
        for finding in second["findings"]:
            for evidence in finding["evidence"]:
                self.assertIn(evidence["sql"], asked)
        events = self.server.events(second_id)
        self.assertTrue(any(kind == "query" and data["cached"] for _, kind, data in events))
        self.assertEqual((events[-1][2]["queries"], events[-1][2]["queries_cached"]),
                         (second["spent"]["queries"], second["spent"]["cache"]["queries"]))
        text = self.server.get(f"/api/v1/explorations/{second_id}/report?format=markdown").body.decode()
        self.assertRegex(text, r"\(\d+ from the cache, about \d+\.\d s saved\)")
        self.assertEqual(metric(self.server, 'insights_cache_total{outcome="hit"}'), second["spent"]["cache"]["queries"])
        self.assertEqual(metric(self.server, 'insights_queries_total{outcome="cached"}'), second["spent"]["cache"]["queries"])

    def test_a_finding_that_is_verified_is_asked_of_the_database(self):
        self.report()
        self.report()
        before = metric(self.server, 'insights_cache_total{outcome="hit"}'), metric(self.server, 'insights_cache_total{outcome="miss"}')
        self.assertEqual(self.server.post("/api/v1/findings/1/verify").json()["status"], "same")
        self.assertEqual((metric(self.server, 'insights_cache_total{outcome="hit"}'),
                          metric(self.server, 'insights_cache_total{outcome="miss"}')), before)

    def test_data_that_changed_is_read_anew(self):
        data = self.file("sales.csv", (SAMPLE / "primary_sales.csv").read_bytes())
        self.server.__exit__()
        self.server = Server(self.folder, "--without-keys", source=[str(data), "--metadata", str(SAMPLE / "metadata")])
        self.report()
        lines = data.read_text().splitlines(keepends=True)
        data.write_text("".join(lines[:-3]))
        self.assertNotIn("cache", self.report()[1]["spent"])

    def test_no_memory_for_it_is_no_cache(self):
        self.server.__exit__()
        self.server = Server(self.folder, "--without-keys", "--cache-memory", "0")
        self.report()
        self.assertNotIn("cache", self.report()[1]["spent"])


class OverRedis(Journey):
    @classmethod
    def setUpClass(cls):
        if redis_server.program() is None:
            print("SKIPPED: no Redis server is installed (Debian: apt-get install redis-server)", file=sys.stderr)
            raise unittest.SkipTest("no Redis server is installed")
        cls.plain = explore(*ARGUMENTS)["findings"]

    def setUp(self):
        super().setUp()
        self.redis = redis_server.Server()
        self.addCleanup(self.redis.remove)

    def explored(self, url=None):
        """An exploration of the command line: its report, and what it said."""
        done = run("explore", *ARGUMENTS, "--format", "json", environment={"CACHE_URL": url or self.redis.url()})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(redis_server.PASSWORD, done.stderr + done.stdout)
        self.assertNotIn(redis_server.URL_PASSWORD, done.stderr + done.stdout)
        report = json.loads(done.stdout)
        self.assertEqual(report["findings"], self.plain)
        return report, done.stderr

    def test_two_programs_share_it_and_the_second_says_what_was_saved(self):
        first, _ = self.explored()
        self.assertNotIn("cache", first["spent"])
        second, said = self.explored()
        self.assertGreater(second["spent"]["cache"]["queries"], 5)
        self.assertRegex(said, rf"queries {second['spent']['queries']}, {second['spent']['cache']['queries']} from the cache, about \d+\.\d s saved")

    def test_who_reads_redis_learns_nothing_and_what_is_kept_goes_by_itself(self):
        self.explored()
        keys = self.redis.ask("KEYS", "*")
        self.assertGreater(len(keys), 5)
        for key in keys:
            self.assertRegex(key, rb"^insights:1:[0-9a-f]{64}$")
            value = self.redis.ask("GET", key)
            for known in (b"GHI", b"Service", b"customer", b"SELECT"):
                self.assertNotIn(known, value)
            self.assertGreater(int(self.redis.ask("TTL", key)[1:]), 80_000)

    def test_garbage_cut_and_swapped_values_are_misses(self):
        self.explored()
        keys = sorted(self.redis.ask("KEYS", "*"))
        values = {key: self.redis.ask("GET", key) for key in keys}
        for at, key in enumerate(keys):
            planted = (b"garbage", values[key][:-5], values[keys[at - 1]], b"\0" * len(values[key]), b"x" * (5 << 20))[at % 5]
            self.redis.ask("SET", key, planted)
        self.assertNotIn("cache", self.explored()[0]["spent"])
        self.assertGreater(self.explored()[0]["spent"]["cache"]["queries"], 5)  # put right by the run before

    def test_a_value_of_another_type_and_an_empty_server_are_misses(self):
        self.explored()
        for key in self.redis.ask("KEYS", "*"):
            self.redis.ask("DEL", key)
            self.redis.ask("LPUSH", key, "a", "b")
        self.assertNotIn("cache", self.explored()[0]["spent"])
        self.redis.ask("FLUSHALL")
        self.assertNotIn("cache", self.explored()[0]["spent"])

    def test_a_wrong_password_is_said_once_without_it(self):
        report, said = self.explored(self.redis.url("wr0ng-canary"))
        self.assertNotIn("cache", report["spent"])
        self.assertEqual(said.count("the cache is not used: it refused the password"), 1)
        self.assertNotIn("wr0ng-canary", said + json.dumps(report))

    def test_a_server_that_is_not_there_or_hangs_is_not_waited_for_at_each_query(self):
        def seconds(url):
            began = time.monotonic()
            self.explored(url)
            return time.monotonic() - began

        usual = seconds(self.redis.url())
        self.redis.hang()
        self.assertLess(seconds(self.redis.url()), usual + 2)
        self.redis.go_on()
        self.redis.kill()
        self.assertLess(seconds(self.redis.url()), usual + 2)

    def test_what_speaks_no_redis_or_never_ends_is_left_alone(self):
        for line in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$99999999\r\n" + b"x" * 100_000, b"*2147483647\r\n", b":7\r\n", b"$-1\r\n", b""):
            with self.subTest(line[:20]), socket.create_server(("127.0.0.1", 0)) as listener:
                ending = threading.Event()
                thread = threading.Thread(target=self.speak, args=(listener, line, ending))
                thread.start()
                try:
                    began = time.monotonic()
                    report, _ = self.explored(f"redis://127.0.0.1:{listener.getsockname()[1]}")
                    self.assertNotIn("cache", report["spent"])
                    self.assertLess(time.monotonic() - began, 20)
                finally:
                    ending.set()
                    thread.join()

    @staticmethod
    def speak(listener, line, ending):
        listener.settimeout(0.1)
        while not ending.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                continue
            with connection:
                connection.settimeout(2)
                try:
                    while connection.recv(65536):
                        connection.sendall(line)
                        if line.startswith(b"$9"):
                            for _ in range(200):
                                connection.sendall(b"x" * 100_000)
                except OSError:
                    pass

    def serve(self):
        server = Server(self.folder, "--without-keys", environment={"CACHE_URL": self.redis.url()})
        self.addCleanup(lambda: server.__exit__())
        return server

    def found(self, server, run_id):
        return server.get(f"/api/v1/explorations/{run_id}/report").json()["findings"]

    def test_a_server_goes_on_when_redis_dies_and_uses_it_again_when_it_is_back(self):
        server = self.serve()
        first = server.explored()
        self.assertEqual(self.found(server, first["id"]), self.plain)
        self.assertEqual(metric(server, "insights_cache_reachable"), 1)
        self.redis.kill()
        self.assertEqual(self.found(server, server.explored()["id"]), self.plain)
        self.assertEqual(metric(server, "insights_cache_reachable"), 0)
        self.assertIn("the cache cannot be reached", server.get("/health/ready").json()["degraded"][0])
        self.assertGreater(metric(server, 'insights_cache_total{outcome="unavailable"}'), 0)
        self.assertEqual(server.get("/health/ready").status, 200)
        self.redis.start()
        deadline = time.monotonic() + 60
        while metric(server, "insights_cache_reachable") != 1:
            self.assertLess(time.monotonic(), deadline)
            server.explored()
            time.sleep(0.5)
        hits = metric(server, 'insights_cache_total{outcome="hit"}')
        server.explored()
        server.explored()
        self.assertGreater(metric(server, 'insights_cache_total{outcome="hit"}'), hits)
        log = server.logged().decode()
        self.assertEqual(log.count('"event":"cache_gone"'), 1)
        self.assertEqual(log.count('"event":"cache_back"'), 1)
        self.assertNotIn(redis_server.PASSWORD, log)
        self.assertNotIn(redis_server.URL_PASSWORD, log)

    def test_redis_that_is_killed_in_the_middle_of_runs_changes_nothing(self):
        server = self.serve()
        server.explored()
        for pause in (0.01, 0.05, 0.1):
            run_id = server.post("/api/v1/explorations").json()["id"]
            time.sleep(pause)
            self.redis.kill()
            self.assertEqual(server.ended(run_id)["state"], "done")
            self.assertEqual(self.found(server, run_id), self.plain)
            self.redis.start()

    def test_a_url_that_is_none_is_a_mistake_of_the_settings(self):
        for url in ("http://127.0.0.1", "rediss://:s3cret@127.0.0.1", "redis://"):
            done = run("explore", *ARGUMENTS, environment={"CACHE_URL": url})
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertNotIn("s3cret", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""insights serve over a real PostgreSQL server: the promised insights, no password anywhere, and a database that goes away."""
import json
import re
import signal
import sys
import time
import unittest

import postgres_server
from journey import SAMPLE, Journey, headline, run
from server_process import Server

READER, PASSWORD = "insights_reader", "s3cret-canary"


class OverPostgres(Journey):
    @classmethod
    def setUpClass(cls):
        if postgres_server.programs() is None:
            print("SKIPPED: no PostgreSQL server is installed (Debian: apt-get install postgresql)", file=sys.stderr)
            raise unittest.SkipTest("no PostgreSQL server is installed")
        cls.database = postgres_server.Server()
        cls.addClassCleanup(lambda: cls.database.remove())
        cls.database.sql("CREATE DATABASE sales")
        cls.database.sql("", "sales", file=SAMPLE / "primary_sales.sql")
        cls.database.sql(run("doctor", "--role-sql", cls.database.url("sales")).stdout, "sales")
        cls.database.sql(f"ALTER ROLE {READER} PASSWORD '{PASSWORD}'")

    def setUp(self):
        super().setUp()
        self.server = Server(self.folder, "--without-keys", "--metadata", str(SAMPLE / "metadata"),
                             source=[self.database.url("sales", READER, PASSWORD)])
        self.addCleanup(lambda: self.server.__exit__())

    def test_the_simple_form_gives_the_four_promised_insights(self):
        answer = self.server.post("/api/v1/explore", {"num_hypotheses": 10, "wait_seconds": 300}).json()
        self.assertEqual(answer["exploration"]["state"], "done")
        told = [headline(insight) for insight in answer["insights"]]
        for parts in (("GHI Service Center", "1 Aug 2025"), ("BATCH009", r"\b50\b", r"\b300\b"), ("MNO Wholesale", r"\b15(\.0)? %"),
                      ("North", r"50(\.0)? %")):
            self.assertTrue(any(all(re.search(part, text) for part in parts) for text in told), parts)
        self.assertEqual({evidence["dialect"] for insight in answer["insights"] for evidence in insight["evidence"]}, {"postgres"})

    def test_the_password_is_in_no_answer_no_log_and_not_in_the_store(self):
        run_id = self.server.explored()["id"]
        base = f"/api/v1/explorations/{run_id}"
        texts = [self.server.get(path).body for path in (base, f"{base}/report", f"{base}/queries", f"{base}/report?format=html", "/metrics",
                                                         "/api/v1/findings", "/api/v1/schema", "/health/ready")]
        self.server.stop()
        texts += [path.read_bytes() for path in self.folder.iterdir()]
        for text in texts:
            self.assertNotIn(PASSWORD.encode(), text)

    def test_a_database_that_is_gone_is_said_to_be_and_found_again(self):
        self.assertEqual(self.server.get("/health/ready").status, 200)
        self.database.stop()
        failed = self.server.explored()
        self.assertEqual(failed["state"], "failed")
        self.assertNotIn("127.0.0.1:" + str(self.database.port) + "/", json.dumps(failed))
        self.assertEqual(self.server.get("/health/live").status, 200)
        self.assertEqual(self.server.get("/api/v1/findings").status, 200)
        self.until_ready(503)
        self.database.start()
        self.until_ready(200)
        self.assertEqual(self.server.explored()["state"], "done")

    def test_a_database_that_restarts_in_the_middle_of_runs_leaves_a_server_that_answers_and_recovers(self):
        whole = self.server.explored()
        findings = self.findings(whole["id"])
        for pause, how in ((0.05, signal.SIGINT), (0.2, signal.SIGQUIT), (0.4, signal.SIGINT)):
            run_id = self.server.post("/api/v1/explorations").json()["id"]
            time.sleep(pause)
            self.database.stop(how)
            self.assertEqual(self.server.get("/health/live").status, 200)
            self.database.start()
            ended = self.server.ended(run_id)
            # Before the restart, through it by connecting again, or with what was proven by then, and why.
            self.assertIn(ended["state"], ("done", "partial", "failed"))
            self.assertEqual(bool(ended["reason"]), ended["state"] != "done", ended)
            if ended["state"] == "done":
                self.assertEqual(self.findings(run_id), findings)
        self.until_ready(200)
        again = self.server.explored()
        self.assertEqual((again["state"], self.findings(again["id"])), ("done", findings))

    def test_queries_are_not_asked_again_until_the_data_changes(self):
        def explored():
            run_id = self.server.explored()["id"]
            report = self.server.get(f"/api/v1/explorations/{run_id}/report").json()
            return report["spent"].get("cache", {}).get("queries", 0), report["findings"]

        first, findings = explored()
        saved, same = explored()
        self.assertEqual(first, 0)
        self.assertGreater(saved, 5)
        self.assertEqual(same, findings)
        self.database.sql("UPDATE primary_sales SET nsv2 = nsv2 * 2", "sales")
        self.addCleanup(self.database.sql, "UPDATE primary_sales SET nsv2 = nsv2 / 2", "sales")
        saved, other = explored()
        self.assertEqual(saved, 0)
        self.assertNotEqual(other, findings)

    def findings(self, run_id):
        return self.server.get(f"/api/v1/explorations/{run_id}/report").json()["findings"]

    def until_ready(self, status):
        """Readiness is looked into every few seconds, not at every question."""
        deadline = time.monotonic() + 30
        while (answer := self.server.get("/health/ready")).status != status:
            self.assertLess(time.monotonic(), deadline, answer.body)
            time.sleep(0.3)
        return answer


if __name__ == "__main__":
    unittest.main(verbosity=2)

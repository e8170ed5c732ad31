"""Schedules and their webhooks, against a real server and a real receiver."""
import contextlib
import json
import re
import sqlite3
import subprocess
import time
import unittest

import server_process
from journey import PROGRAM, Journey, run
from server_process import Server
from server_test import OPENAPI, ServerJourney
from webhook_receiver import Receiver, checked

BASE = "/api/v1/schedules"
NIGHTLY = {"name": "nightly", "cron": "30 6 * * MON-FRI", "time_zone": "Europe/Berlin", "request": {"findings_max": 5}}


class Scheduling(ServerJourney):
    """A server that may send to one receiver."""

    RECEIVER = ()

    def setUp(self):
        self.receiver = Receiver(*self.RECEIVER)
        self.addCleanup(self.receiver.stop)
        self.ARGUMENTS = ("--without-keys", "--webhook-host", self.receiver.url)
        super().setUp()

    def schedule(self, **more):
        body = {**NIGHTLY, "webhook": {"url": self.receiver.url + "/hooks/T0P-SECRET-PATH"}, **more}
        made = self.server.post(BASE, body)
        self.assertEqual(made.status, 201, made.body)
        return made.json()

    def ran(self, schedule):
        """One run of it by hand, to its end."""
        asked = self.server.post(f"{BASE}/{schedule['id']}/run")
        self.assertEqual(asked.status, 202, asked.body)
        return self.server.ended(asked.json()["id"])

    def dealt_with(self):
        """Waits until it was decided, of every run that ended, whether somebody is told."""
        deadline = time.monotonic() + 30
        with contextlib.closing(sqlite3.connect(f"file:{self.server.store}?mode=ro", uri=True)) as store:
            while store.execute("SELECT count(*) FROM occurrences WHERE told = 0").fetchone() != (0,):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)

    def items(self, schedule, what):
        return self.server.get(f"{BASE}/{schedule['id']}/{what}").json()["items"]

    def delivery(self, schedule, state, seconds=30):
        """Its last delivery, when it has come to this state."""
        deadline = time.monotonic() + seconds
        while True:
            items = self.items(schedule, "deliveries")
            if items and items[0]["state"] == state:
                return items[0]
            self.assertLess(time.monotonic(), deadline, items)
            time.sleep(0.1)


class Routes(Scheduling):
    def test_every_route_answers_as_declared(self):
        asked = set()

        def ask(method, path, body=None, status=200):
            answer = self.server.ask(method, path, body)
            self.assertEqual(answer.status, status, f"{method} {path}: {answer.body[:300]}")
            asked.add((method.lower(), re.sub(r"schedules/[a-z0-9_-]+", "schedules/{id}", path.split("?")[0])))
            if status == 204:
                self.assertEqual(answer.body, b"")
                return answer
            return self.declared(method, path, answer)

        ask("POST", BASE, {**NIGHTLY, "request": {"focus": "no_such_area"}}, 404)
        made = ask("POST", BASE, {**NIGHTLY, "webhook": {"url": self.receiver.url + "/x"}}, 201)
        one = f"{BASE}/{made.json()['id']}"
        self.assertEqual(made.headers["location"], one)
        secret = made.json()["webhook"]["secret"]
        shown = ask("GET", one).json()
        self.assertNotIn("secret", shown["webhook"])
        self.assertEqual(shown["webhook"]["server"], self.receiver.url)
        self.assertRegex(shown["next_at"], r"T0[45]:30:00\.000Z$")  # 6:30 in Berlin
        for number in range(3):
            ask("POST", BASE, {"name": f"more {number}", "cron": "@daily"}, 201)
        page = ask("GET", f"{BASE}?limit=3").json()
        self.assertEqual(len(page["items"]), 3)
        rest = ask("GET", f"{BASE}?cursor={page['next_cursor']}").json()
        self.assertEqual([item["id"] for item in rest["items"]], [made.json()["id"]])
        paused = ask("PATCH", one, {"enabled": False, "name": "paused"}).json()
        self.assertEqual((paused["name"], paused["enabled"], paused["next_at"], paused["cron"]), ("paused", False, None, NIGHTLY["cron"]))
        self.assertNotIn("secret", paused["webhook"])
        renewed = ask("PATCH", one, {"webhook": {"new_secret": True}}).json()
        self.assertNotEqual(renewed["webhook"]["secret"], secret)
        exploration = ask("POST", f"{one}/run", {}, 202).json()
        self.server.ended(exploration["id"])
        self.receiver.wait(1)
        occurrences = ask("GET", f"{one}/occurrences").json()["items"]
        self.assertEqual([(item["due_at"], item["outcome"], item["exploration"]) for item in occurrences], [(None, "started", exploration["id"])])
        self.assertEqual(len(ask("GET", f"{one}/deliveries?limit=1").json()["items"]), 1)
        ask("POST", BASE, {"name": "x"}, 400)
        ask("POST", BASE, {"name": "x", "cron": "61 * * * *"}, 400)
        ask("PATCH", one, {"time_zone": "Mars/Olympus"}, 400)
        ask("POST", BASE, {"name": "x", "cron": "@daily", "webhook": {"url": "https://169.254.169.254/latest/meta-data"}}, 422)
        ask("PATCH", f"{BASE}/sch-none", {}, 404)
        ask("GET", f"{BASE}/sch-none/deliveries", None, 404)
        ask("GET", f"{BASE}?limit=0", None, 400)
        ask("DELETE", one, {}, 204)
        ask("DELETE", one, {}, 404)
        ask("GET", one, None, 404)
        self.assertEqual(self.server.get(f"/api/v1/explorations/{exploration['id']}").status, 200)
        routes = {(method, path) for path, operations in OPENAPI["paths"].items() for method in operations
                  if operations[method]["tags"] == ["schedules"]}
        self.assertEqual(asked, routes)

    def test_who_may_read_may_not_make_schedules(self):
        secret = json.loads(run("keys", "create", "looker", "--scopes", "read,run", "--json", "--store", self.server.store).stdout)["secret"]
        self.restart("--webhook-host", self.receiver.url)
        self.server.headers = {"Authorization": f"Bearer {secret}"}
        self.assertEqual(self.server.get(BASE).status, 200)
        self.problem(self.server.post(BASE, NIGHTLY), 403, "missing_scope")
        self.problem(self.server.ask("DELETE", f"{BASE}/sch-1"), 403, "missing_scope")


class TheClock(Scheduling):
    def test_every_minute_means_within_the_next(self):
        made = self.schedule(cron="* * * * *", only_if_changed=False)
        began = time.monotonic()
        first = checked(self.receiver.wait(1, seconds=90)[0], made["webhook"]["secret"])
        self.assertLess(time.monotonic() - began, 75)
        occurrence = self.items(made, "occurrences")[-1]
        self.assertEqual((occurrence["outcome"], occurrence["exploration"]), ("started", first["data"]["exploration"]["id"]))
        self.assertRegex(occurrence["due_at"], r":00\.000Z$")


class Delivering(Scheduling):
    RECEIVER = (503, 500)

    def test_a_digest_is_signed_and_sent_until_it_is_accepted(self):
        made = self.schedule()
        done = self.ran(made)
        received = self.receiver.wait(3)
        digests = [checked(one, made["webhook"]["secret"]) for one in received]
        self.assertEqual(len({headers["webhook-id"] for _, headers, _ in received}), 1)
        self.assertEqual(len({body for _, _, body in received}), 1)
        self.assertEqual(received[0][0], "/hooks/T0P-SECRET-PATH")
        self.assertEqual(received[0][1]["content-type"], "application/json")
        data = digests[0]["data"]
        self.assertEqual((data["exploration"]["id"], data["exploration"]["state"]), (done["id"], "done"))
        findings = {item["id"]: item for item in self.server.get("/api/v1/findings").json()["items"]}
        self.assertEqual(len(data["changes"]), len(findings))
        self.assertEqual(data["counts"], {"new": len(findings), "worse": 0, "better": 0, "resolved": 0, "back": 0})
        for change in data["changes"]:
            known = findings[change["finding"]]
            self.assertEqual(change["change"], "new")
            self.assertEqual((change["title"], change["now"]["severity"], change["now"]["amount"]), (known["title"], known["severity"], known["amount"]))
            self.assertEqual(self.server.get(change["link"]).json()["id"], change["finding"])
        delivered = self.delivery(made, "delivered")
        self.assertEqual((delivered["attempts"], delivered["status"], delivered["reason"]), (3, 204, ""))
        # Nothing changed since: nothing is sent. Then somebody wants to be told in any case.
        self.ran(made)
        self.dealt_with()
        self.assertEqual(self.server.ask("PATCH", f"{BASE}/{made['id']}", {"only_if_changed": False}).status, 200)
        self.ran(made)
        self.receiver.wait(4)
        self.assertEqual(len(self.receiver.received), 4)
        last = checked(self.receiver.received[3], made["webhook"]["secret"])["data"]
        self.assertEqual((last["changes"], last["counts"]["new"]), ([], 0))
        # What is secret is nowhere but with the receiver.
        log = self.server.logged().decode()
        for answer in (self.server.get(BASE), self.server.get(f"{BASE}/{made['id']}/deliveries"), self.server.get("/metrics")):
            log += answer.body.decode()
        self.assertNotIn("whsec_", log)
        self.assertNotIn("T0P-SECRET-PATH", log)
        self.assertIn('"outcome":"retried","attempt":1,"status":503', log)
        self.assertIn('insights_webhook_attempts_total{outcome="delivered"} 2', log)

    def test_a_snoozed_finding_is_not_told(self):
        made = self.schedule(only_if_changed=False)
        self.ran(made)
        first = json.loads(self.receiver.wait(3)[2][2])["data"]["changes"]
        # All that is known vanishes from the data and would be resolved; one of them sleeps.
        self.server.post(f"/api/v1/findings/{first[0]['finding']}/snooze", {"until": "2999-01-01T00:00:00Z"})
        self.server.ask("PATCH", f"{BASE}/{made['id']}", {"request": {"as_of": "2023-06-30"}})
        self.ran(made)
        second = json.loads(self.receiver.wait(4)[3][2])["data"]["changes"]
        resolved = {change["finding"] for change in second if change["change"] == "resolved"}
        gone = {item["id"] for item in self.server.get("/api/v1/findings?state=resolved&limit=500&snoozed=true").json()["items"]}
        self.assertIn(first[0]["finding"], gone)
        self.assertGreater(len(resolved), 0)
        self.assertEqual(resolved, {change["finding"] for change in first[1:]} & gone)


class Failing(Scheduling):
    RECEIVER = (500, 410)

    def test_a_receiver_that_is_gone_is_told_nothing_until_its_webhook_is_set_anew(self):
        made = self.schedule(only_if_changed=False)
        self.ran(made)
        failed = self.delivery(made, "failed")
        self.assertEqual((failed["attempts"], failed["status"]), (2, 410))
        shown = self.server.get(f"{BASE}/{made['id']}").json()
        self.assertIsNotNone(shown["webhook"]["gone_at"])
        ready = self.server.get("/health/ready")
        self.assertEqual(ready.status, 200)
        deadline = time.monotonic() + 10
        while not ready.json()["degraded"] and time.monotonic() < deadline:
            time.sleep(0.2)
            ready = self.server.get("/health/ready")
        self.assertIn("1 given up", ready.json()["degraded"][0])
        self.assertNotIn("127.0.0.1", ready.body.decode())
        self.ran(made)
        time.sleep(1.5)
        self.assertEqual(len(self.receiver.received), 2)
        changed = self.server.ask("PATCH", f"{BASE}/{made['id']}", {"webhook": {"url": self.receiver.url + "/new"}}).json()
        self.assertIsNone(changed["webhook"]["gone_at"])
        self.ran(made)
        self.assertEqual(self.receiver.wait(3)[2][0], "/new")

    def test_a_server_that_ends_does_not_wait_for_a_slow_receiver(self):
        slow = Receiver(pause_seconds=12)
        self.addCleanup(slow.stop)
        self.restart("--without-keys", "--webhook-host", slow.url)
        made = self.server.post(BASE, {**NIGHTLY, "webhook": {"url": slow.url}}).json()
        self.ran(made)
        time.sleep(1.5)
        began = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - began, 5)
        with contextlib.closing(sqlite3.connect(self.server.store)) as store:
            self.assertEqual(store.execute("SELECT state, attempts FROM deliveries").fetchall(), [("waiting", 0)])


class Restarts(Scheduling):
    def test_killed_between_the_end_of_a_run_and_its_delivery_it_delivers_after_its_start(self):
        made = self.schedule(only_if_changed=False)
        port = self.receiver.port
        self.receiver.stop()  # nobody listens
        run_id = self.ran(made)["id"]
        waiting = self.delivery(made, "waiting")
        self.server.kill()
        back = Receiver(port=port)
        self.addCleanup(back.stop)
        self.restart()
        received = back.wait(1)[0]
        self.assertEqual(checked(received, made["webhook"]["secret"])["data"]["exploration"]["id"], run_id)
        self.assertEqual(received[1]["webhook-id"], waiting["id"])
        self.assertEqual(self.delivery(made, "delivered")["id"], waiting["id"])

    def test_killed_the_moment_a_run_has_ended_it_tells_of_it_all_the_same(self):
        made = self.schedule(only_if_changed=False)
        for count in range(1, 4):
            run_id = self.server.post(f"{BASE}/{made['id']}/run").json()["id"]
            self.server.ended(run_id)
            self.server.kill()
            self.restart()
            deadline = time.monotonic() + 30
            while run_id not in {json.loads(body)["data"]["exploration"]["id"] for _, _, body in self.receiver.received}:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)
            self.assertEqual(len(self.items(made, "deliveries")), count)

    def test_killed_during_a_run_it_says_that_the_run_was_interrupted(self):
        made = self.schedule()
        run_id = self.server.post(f"{BASE}/{made['id']}/run").json()["id"]
        while self.server.get(f"/api/v1/explorations/{run_id}").json()["state"] == "queued":
            time.sleep(0.005)
        self.server.kill()
        self.restart()
        told = checked(self.receiver.wait(1)[0], made["webhook"]["secret"])["data"]["exploration"]
        if told["state"] == "done":
            self.skipTest("SKIPPED: the run had ended before it could be killed")
        self.assertEqual((told["id"], told["state"]), (run_id, "interrupted"))
        self.server.post(f"/api/v1/explorations/{run_id}/resume")
        self.server.ended(run_id)
        again = checked(self.receiver.wait(2)[1], made["webhook"]["secret"])["data"]["exploration"]
        self.assertEqual((again["id"], again["state"]), (run_id, "done"))


class Forgery(Journey):
    """Webhooks cannot be made to reach what only the server reaches."""

    def setUp(self):
        super().setUp()
        self.sink = Receiver()
        self.addCleanup(self.sink.stop)

    def spellings(self):
        port = self.sink.port
        hosts = ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "017700000001", "127.1", "0",
                 "hooks.example@127.0.0.1", "hooks.example:80@127.0.0.1", "127.0.0.1#@hooks.example", "127.0.0.1%23@hooks.example")
        return [f"http://{host}:{port}/" for host in hosts] + ["http://169.254.169.254/latest/meta-data/", "https://169.254.169.254/",
                f"gopher://127.0.0.1:{port}/", "file:///etc/passwd", f"https://127.0.0.1:{port}/", "https://hooks.example:22/"]

    def test_no_webhook_can_be_made_where_the_operator_named_no_server(self):
        with Server(self.folder, "--without-keys") as server:
            for url in self.spellings() + ["https://hooks.example/"]:
                refused = server.post(BASE, {**NIGHTLY, "webhook": {"url": url}})
                self.assertEqual((refused.status, refused.json()["code"]), (422, "webhook_refused"), url)
                self.assertIn("webhooks.allowed_hosts", refused.json()["hint"])
            self.assertEqual(server.post(BASE, NIGHTLY).status, 201)
        self.assertEqual(self.sink.connections, 0)

    def test_another_server_than_those_named_is_refused_however_it_is_spelt(self):
        with Server(self.folder, "--without-keys", "--webhook-host", "hooks.example") as server:
            for url in self.spellings():
                refused = server.post(BASE, {**NIGHTLY, "webhook": {"url": url}})
                self.assertEqual((refused.status, refused.json()["code"]), (422, "webhook_refused"), url)
            self.assertEqual(server.post(BASE, {**NIGHTLY, "webhook": {"url": "https://hooks.example/x"}}).status, 201)
        self.assertEqual(self.sink.connections, 0)

    def sent(self, server, url):
        """The delivery after its first attempt."""
        made = server.post(BASE, {**NIGHTLY, "only_if_changed": False, "webhook": {"url": url}})
        self.assertEqual(made.status, 201, made.body)
        schedule = made.json()["id"]
        server.ended(server.post(f"{BASE}/{schedule}/run").json()["id"])
        deadline = time.monotonic() + 30
        while True:
            items = server.get(f"{BASE}/{schedule}/deliveries").json()["items"]
            if items and items[0]["attempts"] > 0:
                return items[0]
            self.assertLess(time.monotonic(), deadline, items)
            time.sleep(0.1)

    def test_a_name_that_leads_to_this_machine_gets_no_connection(self):
        name = f"http://localhost:{self.sink.port}"
        with Server(self.folder, "--without-keys", "--webhook-host", name) as server:
            delivery = self.sent(server, name + "/")
            self.assertIn("network that is not allowed", delivery["reason"])
            self.assertIsNone(delivery["status"])
        self.assertEqual(self.sink.connections, 0)
        with Server(self.folder, "--without-keys", "--webhook-host", name, "--webhook-network", "127.0.0.0/8",
                    "--webhook-network", "::1") as server:
            self.assertEqual(self.sent(server, name + "/")["state"], "delivered")
        self.assertEqual(len(self.sink.received), 2)  # the delivery of before, too

    def test_a_name_of_the_dns_that_leads_to_this_machine_gets_no_connection(self):
        hosts = self.file("hosts", "127.0.0.1 localhost hooks.example\n::1 inner.example\n169.254.169.254 metadata.example\n")
        wrapper = self.file("insights", "#!/bin/sh\nexec unshare --mount sh -c 'mount --bind \"$0\" /etc/hosts && exec \"$@\"' "
                            f"{hosts} {PROGRAM} \"$@\"\n")
        wrapper.chmod(0o755)
        if subprocess.run([wrapper, "--version"], capture_output=True, check=False).returncode != 0:
            self.skipTest("SKIPPED: names cannot be given other addresses here (unshare --mount)")
        names = [f"http://{name}.example:{self.sink.port}" for name in ("hooks", "inner", "metadata")]
        server_process.PROGRAM = str(wrapper)
        try:
            with Server(self.folder, "--without-keys", *[word for name in names for word in ("--webhook-host", name)]) as server:
                for name in names:
                    self.assertIn("network that is not allowed", self.sent(server, name + "/")["reason"])
        finally:
            server_process.PROGRAM = PROGRAM
        self.assertEqual(self.sink.connections, 0)

    def test_a_redirect_leads_nowhere(self):
        for status in (301, 307):
            redirecting = Receiver((status, {"Location": f"http://127.0.0.1:{self.sink.port}/"}))
            self.addCleanup(redirecting.stop)
            with Server(self.folder, "--without-keys", "--webhook-host", redirecting.url) as server:
                delivery = self.sent(server, redirecting.url + "/")
                self.assertEqual((delivery["state"], delivery["status"], delivery["attempts"]), ("failed", status, 1))
        self.assertEqual(self.sink.connections, 0)

    def test_a_setting_that_names_no_server_is_refused_at_the_start(self):
        for flag, value in (("--webhook-host", "*"), ("--webhook-host", "https://hooks.example/path"), ("--webhook-network", "10.0.0.0/40")):
            done = run("serve", "x.csv", "--without-keys", flag, value, "--store", self.folder / "insights.db")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(value, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

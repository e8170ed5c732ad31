"""insights serve: its API from outside, over real HTTP, and everything that must be refused."""
import gzip
import json
import re
import socket
import sqlite3
import subprocess
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from journey import ROOT, SAMPLE, Journey, run
from server_process import Server

try:
    import jsonschema
except ImportError:
    jsonschema = None

OPENAPI = json.loads((ROOT / "data/openapi.json").read_text(encoding="utf-8"))


def declared(method, path, status, kind):
    """What the document says of an answer of this type: the schema of its JSON, or None where it is no JSON."""
    for form, operations in OPENAPI["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", form), path.split("?")[0]) and method.lower() in operations:
            answer = operations[method.lower()]["responses"].get(str(status))
            if answer is None:
                raise AssertionError(f"{method} {form} does not declare {status}")
            if "$ref" in answer:
                answer = OPENAPI["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
            contents = answer.get("content", {})
            kind = kind.split(";")[0]
            if contents and kind not in contents:
                raise AssertionError(f"{method} {form} {status} does not declare {kind}")
            return contents[kind]["schema"] if kind.endswith("json") else None
    raise AssertionError(f"{method} {path} is not in the document")


class ServerJourney(Journey):
    ARGUMENTS = ("--without-keys",)

    def setUp(self):
        super().setUp()
        self.server = Server(self.folder, *self.ARGUMENTS)
        self.addCleanup(lambda: self.server.__exit__())

    def restart(self, *arguments):
        self.server.__exit__()
        self.server = Server(self.folder, *(arguments or self.ARGUMENTS))

    def declared(self, method, path, answer):
        """The answer, held against the document."""
        schema = declared(method, path, answer.status, answer.headers.get("content-type", ""))
        if schema is not None and jsonschema is not None:
            jsonschema.Draft202012Validator({**schema, "components": OPENAPI["components"]}).validate(answer.json())
        return answer

    def problem(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        self.assertEqual(answer.json()["code"], code)


class Walk(ServerJourney):
    def test_every_route_answers_as_declared(self):
        server = self.server
        done = server.explored(findings_max=5)
        self.assertEqual(done["state"], "done", done)
        run_id = done["id"]
        second = server.explored()["id"]
        asked = set()

        def ask(method, path, body=None, status=200):
            answer = server.ask(method, path, body)
            self.assertEqual(answer.status, status, f"{method} {path}: {answer.body[:300]}")
            asked.add((method.lower(), re.sub(r"(explorations|findings|rules|docs)/(run-[^/]+|rule-\d+|\d+|viewer|page|style|licenses)", r"\1/{id}",
                                              path.split("?")[0])))
            return self.declared(method, path, answer)

        base = f"/api/v1/explorations/{run_id}"
        ask("POST", "/api/v1/explorations", {"focus": "customer_churn", "time_seconds": 60}, 202)
        ask("POST", "/api/v1/explore", {"num_hypotheses": 3})
        ask("POST", "/api/v1/explore", {"wait_seconds": 0, "focus_area": "customer_churn"}, 202)
        ask("GET", "/api/v1/explorations?limit=1")
        ask("GET", base)
        ask("POST", f"{base}/cancel", {}, 409)
        ask("POST", f"{base}/resume", {}, 409)
        ask("GET", f"{base}/events")
        ask("GET", f"{base}/queries?limit=3")
        ask("GET", f"/api/v1/queries?run={run_id}&limit=3")
        for form in ("json", "markdown", "html"):
            ask("GET", f"{base}/report?format={form}")
        ask("GET", f"/api/v1/explorations/{second}/diff?from={run_id}")
        ask("GET", "/api/v1/schema")
        ask("POST", "/api/v1/schema", {})
        ask("GET", "/api/v1/findings?state=new&limit=2")
        ask("GET", "/api/v1/findings/1")
        ask("POST", "/api/v1/findings/1/verify", {})
        ask("POST", "/api/v1/findings/1/snooze", {"until": "2999-01-01T00:00:00Z"})
        ask("POST", "/api/v1/findings/2/feedback", {"vote": "down", "reason": "known", "scope": "pattern", "preview": True})
        ask("POST", "/api/v1/findings/2/feedback", {"vote": "down", "reason": "wrong"}, 201)
        ask("POST", "/api/v1/findings/3/feedback", {"vote": "up"}, 201)
        ask("GET", "/api/v1/feedback?limit=1")
        ask("GET", "/api/v1/rules?state=active")
        ask("GET", "/api/v1/rules/export")
        ask("POST", "/api/v1/rules/rule-1/undo", {})
        for path in ("/health/live", "/health/ready", "/health", "/metrics", "/openapi.json", "/docs", "/docs/viewer", "/docs/page", "/docs/style", "/docs/licenses"):
            ask("GET", path)
        routes = {(method, path) for path, operations in OPENAPI["paths"].items() for method in operations
                  if operations[method]["tags"] != ["schedules"]}  # schedules_test.py asks those
        self.assertEqual(asked, routes)
        for method, path, status in (("GET", "/api/v1/explorations/none", 404), ("GET", "/api/v1/findings/999", 404),
                                     ("GET", "/api/v1/findings?state=odd", 400), ("POST", "/api/v1/explorations", 404)):
            self.declared(method, path, server.ask(method, path, {"focus": "nothing"} if method == "POST" else None))

    def test_the_report_is_the_one_of_the_command_line(self):
        run_id = self.server.explored()["id"]
        report = self.server.get(f"/api/v1/explorations/{run_id}/report").json()
        self.assertEqual(report["run"]["id"], run_id)
        done = run("explore", SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata", "--format", "json", "--quiet")
        self.assertEqual(report["findings"], json.loads(done.stdout)["findings"])
        saved = self.file("report.json", self.server.get(f"/api/v1/explorations/{run_id}/report").body)
        self.assertEqual(run("verify", saved, SAMPLE / "primary_sales.csv").returncode, 0)

    def test_readers_do_not_learn_where_the_files_are(self):
        run_id = self.server.explored()["id"]
        told = [self.server.get(path).body.decode() for path in (f"/api/v1/explorations/{run_id}/report", "/api/v1/schema", f"/api/v1/explorations/{run_id}")]
        for text in told:
            self.assertNotIn(str(SAMPLE), text)
        self.assertIn("primary_sales.csv", told[0])

    def test_a_page_leads_to_the_next_until_all_were_seen(self):
        self.server.explored()
        seen, cursor = [], ""
        while cursor is not None:
            page = self.server.get(f"/api/v1/findings?limit=2{cursor and '&cursor=' + cursor}").json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(seen, [item["id"] for item in self.server.get("/api/v1/findings?limit=500").json()["items"]])
        self.assertGreater(len(seen), 4)

    def test_what_is_known_is_not_sent_again_and_long_answers_are_compressed(self):
        self.server.explored()
        first = self.server.get("/api/v1/findings")
        again = self.server.get("/api/v1/findings", If_None_Match=first.headers["etag"])
        self.assertEqual((again.status, again.body), (304, b""))
        packed = self.server.get("/api/v1/findings", Accept_Encoding="gzip")
        self.assertEqual(packed.headers["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(packed.body), first.body)

    def test_the_same_request_with_the_same_key_is_one_exploration(self):
        headers = {"Idempotency-Key": "nightly-2025-11-22"}
        first = self.server.post("/api/v1/explorations", {"findings_max": 3}, headers)
        second = self.server.post("/api/v1/explorations", {"findings_max": 3}, headers)
        self.assertEqual(first.json()["id"], second.json()["id"])
        self.problem(self.server.post("/api/v1/explorations", {"findings_max": 4}, headers), 409, "idempotency_conflict")

    def test_findings_live_from_run_to_run(self):
        data = self.file("sales.csv", (SAMPLE / "primary_sales.csv").read_bytes())
        with Server(self.make_folder("second"), "--without-keys", source=[str(data)]) as server:
            first = server.explored()["id"]
            self.assertEqual({item["state"] for item in server.get("/api/v1/findings").json()["items"]}, {"new"})
            second = server.explored()["id"]
            self.assertEqual({item["state"] for item in server.get("/api/v1/findings").json()["items"]}, {"persisting"})
            since = server.get(f"/api/v1/explorations/{second}").json()["ended_at"]
            self.assertEqual(server.get(f"/api/v1/findings?changed_since={since}").json()["items"], [])
            changes = server.get(f"/api/v1/explorations/{second}/diff?from={first}").json()
            self.assertEqual({item["change"] for item in changes["items"]}, {"persisting"})
            told = run("diff", first, second, "--store", server.store)
            self.assertEqual(told.returncode, 0, told.stderr)
            self.assertIn("persisting", told.stdout)
            data.write_bytes(b"".join(data.read_bytes().splitlines(keepends=True)[:3]))
            third = server.explored()["id"]
            states = {item["state"] for item in server.get("/api/v1/findings?limit=500").json()["items"]}
            self.assertIn("resolved", states)
            changes = server.get(f"/api/v1/explorations/{third}/diff?from={second}").json()
            self.assertIn("gone", {item["change"] for item in changes["items"]})

    def make_folder(self, name):
        folder = self.folder / name
        folder.mkdir()
        return folder

    def test_a_snoozed_finding_sleeps_until_it_is_woken(self):
        self.server.explored()
        before = len(self.server.get("/api/v1/findings?limit=500").json()["items"])
        self.server.post("/api/v1/findings/1/snooze", {"until": "2999-01-01T00:00:00Z"})
        self.assertEqual(len(self.server.get("/api/v1/findings?limit=500").json()["items"]), before - 1)
        self.assertEqual(len(self.server.get("/api/v1/findings?limit=500&snoozed=true").json()["items"]), before)
        self.server.post("/api/v1/findings/1/snooze", {"until": None})
        self.assertEqual(len(self.server.get("/api/v1/findings?limit=500").json()["items"]), before)


class Events(ServerJourney):
    def test_every_watcher_sees_every_event_and_one_who_comes_back_misses_none(self):
        run_id = self.server.post("/api/v1/explorations").json()["id"]
        with ThreadPoolExecutor(20) as watchers:
            seen = list(watchers.map(lambda _: self.server.events(run_id), range(20)))
        self.assertEqual([number for number, _, _ in seen[0]], list(range(1, len(seen[0]) + 1)))
        self.assertEqual(seen[0][-1][1], "ended")
        self.assertTrue(all(events == seen[0] for events in seen))
        self.assertEqual(self.server.events(run_id, last_id=5), seen[0][5:])
        late = self.server.ask("GET", f"/api/v1/explorations/{run_id}/events", headers={"Last-Event-ID": str(len(seen[0]))})
        self.assertEqual(late.status, 204)

    def test_metrics_count_what_happened(self):
        self.server.explored()
        text = self.server.get("/metrics").body.decode()
        self.assertIn('insights_runs_total{state="done"} 1', text)
        self.assertRegex(text, r'insights_findings_total\{pattern="\w+"\} \d')
        self.assertRegex(text, r"(?m)^insights_query_seconds_count [1-9]")
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [-+.e\d]+|\w+_bucket\{.*le="\+Inf"\} \d+)$')


class Keys(ServerJourney):
    ARGUMENTS = ()

    def key(self, *scopes):
        done = run("keys", "create", "test", "--scopes", ",".join(scopes), "--store", self.server.store, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def with_key(self, secret):
        return {"Authorization": f"Bearer {secret}"}

    def test_nothing_is_told_without_a_key_but_health_and_the_contract(self):
        for method, path in (("GET", "/api/v1/findings"), ("GET", "/api/v1/explorations"), ("GET", "/metrics"),
                             ("POST", "/api/v1/explorations"), ("GET", "/api/v1/schema")):
            answer = self.server.ask(method, path, {} if method == "POST" else None)
            self.problem(answer, 401, "unauthorized")
            self.assertEqual(answer.headers["www-authenticate"], "Bearer")
        for path in ("/health/live", "/health/ready", "/openapi.json", "/docs", "/docs/viewer"):
            self.assertEqual(self.server.get(path).status, 200)

    def test_a_wrong_key_of_any_length_gives_the_same_answer(self):
        right = self.key("read")["secret"]
        wrong = ["x", right[:-1], right + "0", right[:-1] + ("0" if right[-1] != "0" else "1"), "y" * 8000]
        answers = {self.server.ask("GET", "/api/v1/findings", headers=self.with_key(secret)).body for secret in wrong}
        self.assertEqual(len(answers), 1)

    def test_a_key_may_do_what_its_scopes_say_until_it_is_revoked(self):
        reader = self.key("read")
        headers = self.with_key(reader["secret"])
        self.assertEqual(self.server.ask("GET", "/api/v1/findings", headers=headers).status, 200)
        self.problem(self.server.post("/api/v1/explorations", headers=headers), 403, "missing_scope")
        self.problem(self.server.post("/api/v1/schema", headers=headers), 403, "missing_scope")
        self.problem(self.server.ask("GET", "/metrics", headers=headers), 403, "missing_scope")
        runner = self.with_key(self.key("read", "run")["secret"])
        self.assertEqual(self.server.post("/api/v1/explorations", headers=runner).status, 202)
        self.assertEqual(run("keys", "revoke", reader["id"], "--store", self.server.store).returncode, 0)
        self.problem(self.server.ask("GET", "/api/v1/findings", headers=headers), 401, "unauthorized")

    def test_the_secret_is_shown_once_and_is_nowhere(self):
        secret = self.key("read")["secret"]
        self.server.ask("GET", "/api/v1/findings", headers=self.with_key(secret))
        self.assertNotIn(secret, run("keys", "list", "--store", self.server.store, "--json").stdout)
        for path in self.folder.iterdir():
            self.assertNotIn(secret.encode(), path.read_bytes(), path)

    def test_a_key_that_asks_too_often_is_told_when_to_come_back(self):
        self.restart("--rate", "30")
        headers = self.with_key(self.key("read")["secret"])
        answers = [self.server.ask("GET", "/api/v1/findings", headers=headers) for _ in range(35)]
        refused = [answer for answer in answers if answer.status == 429]
        self.assertGreaterEqual(len(refused), 4)
        self.problem(refused[0], 429, "rate_limited")
        self.assertGreaterEqual(int(refused[0].headers["retry-after"]), 1)
        other = self.with_key(self.key("read")["secret"])
        self.assertEqual(self.server.ask("GET", "/api/v1/findings", headers=other).status, 200)

    def test_no_key_is_asked_for_only_on_this_machine_alone(self):
        done = run("serve", SAMPLE / "primary_sales.csv", "--without-keys", "--host", "0.0.0.0", "--port", "0",
                   "--store", self.folder / "other.db")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("this machine", done.stderr)


class Refusals(ServerJourney):
    """The rows of the threat list, one by one."""

    def test_another_name_of_this_machine_is_refused(self):
        for host in ("evil.example", f"evil.example:{self.server.port}", "127.0.0.1", f"127.0.0.1:{self.server.port + 1}"):
            self.problem(self.server.get("/api/v1/findings", Host=host), 421, "unknown_host")

    def test_a_page_of_another_origin_is_refused_and_never_told_that_it_may(self):
        for origin in ("http://evil.example", "null", "http://127.0.0.1"):
            for method, path in (("GET", "/api/v1/findings"), ("POST", "/api/v1/explorations"), ("OPTIONS", "/api/v1/findings")):
                answer = self.server.ask(method, path, headers={"Origin": origin})
                self.problem(answer, 403, "foreign_origin")
                self.assertNotIn("access-control-allow-origin", answer.headers)
        self.restart("--without-keys", "--allow-origin", "https://bi.example")
        answer = self.server.get("/api/v1/findings", Origin="https://bi.example")
        self.assertEqual((answer.status, answer.headers["access-control-allow-origin"]), (200, "https://bi.example"))

    def test_a_form_cannot_start_anything_and_reading_changes_nothing(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            self.problem(self.server.ask("POST", "/api/v1/explorations", "{}", {"Content-Type": kind}), 415, "not_json")
        for path in ("/api/v1/explore", "/api/v1/findings/1/snooze", "/api/v1/explorations/x/cancel"):
            self.problem(self.server.get(path), 405, "method_not_allowed")
        plain = {"Content-Type": "text/plain"}
        self.problem(self.server.ask("DELETE", "/api/v1/findings", None, plain), 405, "method_not_allowed")
        self.problem(self.server.ask("DELETE", "/api/v1/nothing", None, plain), 404, "not_found")
        self.assertEqual(self.server.get("/api/v1/explorations").json()["items"], [])

    def test_a_path_that_climbs_or_is_escaped_leads_nowhere(self):
        for path in ("/../etc/passwd", "/api/v1/explorations/../../etc/passwd", "/api/v1/explorations/%2e%2e%2fetc",
                     "/api/v1/explorations/a%00b", "/api/v1/explorations//etc/passwd", "/api/v1/explorations/" + "a" * 65,
                     "/api/v1/explorations/A", "/api/v1/findings/-1", "/api/v1/findings/1e3"):
            answer = self.server.raw(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nConnection: close\r\n\r\n".encode())
            self.assertRegex(answer, rb"^HTTP/1.1 40[04] ", path)

    def head(self, *lines, method="POST", path="/api/v1/explorations"):
        return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.server.port}", *lines, "", ""]).encode()

    def test_a_request_whose_length_can_be_read_two_ways_is_refused_and_ends_the_connection(self):
        smuggled = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
        for lines, body in ((["Content-Length: 5", "Transfer-Encoding: chunked"], b"0\r\n\r\n"),
                            (["Transfer-Encoding: chunked", "Content-Length: 5"], b"0\r\n\r\n"),
                            (["Content-Length: 5", "Content-Length: 6"], b"{}   "),
                            (["Content-Length: +2"], b"{}"), (["Content-Length: -1"], b""),
                            (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], b"0\r\n\r\n"),
                            (["Transfer-Encoding: xchunked"], b"0\r\n\r\n"), (["Content-Length : 2"], b"{}")):
            answer = self.server.raw(self.head("Content-Type: application/json", *lines) + body + smuggled)
            self.assertRegex(answer, rb"^HTTP/1.1 (400|501) ", lines)
            self.assertEqual(answer.count(b"HTTP/1.1 "), 1, lines)
        for text in (b"GET / HTTP/1.1\nHost: x\n\n", b"GET /health/live HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
                     b"GET  /health/live HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET /\r\n\r\n"):
            answer = self.server.raw(text)
            self.assertRegex(answer, rb"^(HTTP/1.1 400 |$)", text)
        self.assertEqual(self.server.get("/health/live").status, 200)

    def test_two_requests_in_one_packet_are_two(self):
        one = self.head(method="GET", path="/health/live")
        answer = self.server.raw(one + one + self.head("Connection: close", method="GET", path="/health/live"))
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 3)

    def test_what_is_too_large_is_refused_and_nothing_of_it_is_kept(self):
        self.server.get("/health/live")
        before = self.server.memory_kilobytes()
        large = self.server.raw(self.head("Content-Type: application/json", "Content-Length: 1000000000"))
        self.assertIn(b"413 Content Too Large", large)
        many = self.server.raw(b"GET /health/live HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 100_000 + b"\r\n")
        self.assertIn(b"431 ", many)
        self.assertIn(b"431 ", self.server.raw(self.head(*["X: y"] * 150, method="GET", path="/health/live")))
        self.assertIn(b"414 ", self.server.raw(self.head(method="GET", path="/api/v1/findings?entity=" + "a" * 5000)))
        self.problem(self.server.post("/api/v1/explorations", "[" * 100_000), 413, "body_too_large")
        self.problem(self.server.post("/api/v1/explorations", '{"a":' + "[" * 60_000), 400, "invalid_request")
        self.problem(self.server.post("/api/v1/explorations", '{"a":1e400}'), 400, "invalid_request")
        self.problem(self.server.post("/api/v1/explorations", '{"focus":[],"focus":[]}'), 400, "invalid_request")
        self.assertLess(self.server.memory_kilobytes() - before, 20_000)

    def test_a_body_of_a_gigabyte_in_chunks_is_refused_with_flat_memory(self):
        before = self.server.memory_kilobytes()
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        sent, answer = 0, b""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as connection:
            connection.sendall(self.head("Content-Type: application/json", "Transfer-Encoding: chunked"))
            try:
                while sent < 1_000_000_000:
                    connection.sendall(chunk)
                    sent += 65536
            except OSError:
                pass
            try:
                answer = connection.recv(65536)
            except OSError:
                pass
        self.assertIn(b"413 ", answer)
        # The sanitizers keep what was freed for a while, up to some tens of megabytes.
        self.assertLess(self.server.memory_kilobytes() - before, 100_000)

    def test_slow_senders_do_not_keep_others_waiting_and_are_cut_off(self):
        connections = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(500)]
        self.addCleanup(lambda: [connection.close() for connection in connections])
        text = self.head("X-Slow: " + "y" * 1000, method="GET", path="/health/live")
        slowest, cut = 0.0, 0
        for second in range(14):
            for connection in connections:
                try:
                    connection.send(text[second:second + 1])
                except OSError:
                    cut += 1
            begun = time.monotonic()
            self.assertEqual(self.server.get("/health/live").status, 200)
            slowest = max(slowest, time.monotonic() - begun)
            time.sleep(1)
        self.assertLess(slowest, 5.0)  # bench/server_load.py measures; a thread a connection would wait for 10 s
        self.assertGreater(cut, 0)

    def test_a_name_that_acts_stays_data_and_the_log_stays_one_line_a_record(self):
        text = (SAMPLE / "primary_sales.csv").read_text(encoding="utf-8")
        for name, hostile in (("GHI Service Center", "<img src=x onerror=alert(1)>"),
                              ("MNO Wholesale", "</script><script>alert(2)</script>"),
                              ("International Buyer", "javascript:alert(3)\u2028\u202e")):
            self.assertIn(name, text)
            text = text.replace(name, hostile)
        data = self.file("sales.csv", text)
        folder = self.folder / "hostile"
        folder.mkdir()
        with Server(folder, "--without-keys", source=[str(data)]) as server:
            run_id = server.explored()["id"]
            listed = server.get("/api/v1/findings")
            self.assertIn("onerror", listed.body.decode())
            self.assertEqual(listed.headers["x-content-type-options"], "nosniff")
            self.assertEqual(listed.headers["content-type"], "application/json")
            self.assertIn("default-src 'none'", listed.headers["content-security-policy"])
            page = server.get(f"/api/v1/explorations/{run_id}/report?format=html").body.decode()
            self.assertNotIn("<img src=x", page)
            self.assertNotIn("<script>alert(2)", page)
            server.raw(b"GET /\x1b[31m\" HTTP/1.1\r\nHost: x\r\n\r\n")
            server.get("/api/v1/x?a=%0d%0aforged", X_Request_Id="a\tb")
            for line in server.logged().decode().splitlines():
                json.loads(line)

    def test_answers_name_no_place_of_this_machine(self):
        data = self.file("sales.csv", (SAMPLE / "primary_sales.csv").read_bytes())
        folder = self.folder / "gone"
        folder.mkdir()
        with Server(folder, "--without-keys", source=[str(data)]) as server:
            data.unlink()
            run_id = server.post("/api/v1/explorations").json()["id"]
            texts = [json.dumps(server.ended(run_id)), server.get("/health/ready").body.decode(), server.get("/api/v1/schema").body.decode()]
            self.assertIn('"failed"', texts[0])
            self.assertEqual(server.get("/health/ready").status, 503)
            for text in texts:
                self.assertNotIn(str(self.folder), text)


class Endings(ServerJourney):
    def test_sigterm_ends_it_in_seconds_with_runs_and_streams_ended(self):
        data = self.file("sales.csv", "customer,day,amount\n" + "\n".join(
            f"c{i % 997},2024-{1 + i % 12:02d}-{1 + i % 28:02d},{i % 1000}" for i in range(300_000)))
        folder = self.folder / "long"
        folder.mkdir()
        server = Server(folder, "--without-keys", source=[str(data)])
        with server:
            run_id = server.post("/api/v1/explorations").json()["id"]
            watcher = ThreadPoolExecutor(1).submit(server.events, run_id)
            time.sleep(0.7)
            begun = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - begun, 15)
            self.assertEqual(watcher.result()[-1][1], "ended")
        with Server(folder, "--without-keys", source=[str(data)]) as again:
            self.assertIn(again.get(f"/api/v1/explorations/{run_id}").json()["state"], ("interrupted", "done"))

    def test_killed_at_any_moment_it_has_every_finding_it_told_of(self):
        for moment in (0.0, 0.05, 0.15, 0.3, 0.5):
            run_id = self.server.post("/api/v1/explorations").json()["id"]
            told = []

            def watch(server=self.server, run_id=run_id, told=told):
                try:
                    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
                        connection.sendall(f"GET /api/v1/explorations/{run_id}/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
                        while data := connection.recv(65536):
                            told.append(data)
                except OSError:
                    pass

            watcher = threading.Thread(target=watch)
            watcher.start()
            time.sleep(moment)
            self.server.kill()
            watcher.join()
            announced = re.findall(rb'event: finding\ndata: .*?"finding":(\d+)', b"".join(told))
            self.restart()
            seen = self.server.ended(run_id)
            self.assertIn(seen["state"], ("interrupted", "done"))
            for number in announced:
                self.assertEqual(self.server.get(f"/api/v1/findings/{number.decode()}").status, 200)
            self.assertEqual(self.server.events(run_id)[-1][1], "ended")
            if seen["state"] == "interrupted":
                self.assertEqual(self.server.post(f"/api/v1/explorations/{run_id}/resume").status, 202)
                self.assertEqual(self.server.ended(run_id)["state"], "done")
                numbers = [number for number, _, _ in self.server.events(run_id)]
                self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        with sqlite3.connect(self.server.store) as store:
            self.assertEqual(store.execute("PRAGMA integrity_check").fetchone(), ("ok",))

    def test_a_backup_taken_while_it_works_restores_to_what_was_found(self):
        self.server.explored()
        listed = self.server.get("/api/v1/findings?limit=500").json()["items"]
        self.server.post("/api/v1/explorations")
        copy = self.folder / "copy.db"
        done = run("backup", copy, "--store", self.server.store)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(run("restore", copy, "--store", self.server.store).returncode, 3)
        self.server.stop()
        for path in self.folder.glob("insights.db*"):
            path.unlink()
        done = run("restore", copy, "--store", self.folder / "insights.db")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.restart()
        restored = {item["id"] for item in self.server.get("/api/v1/findings?limit=500").json()["items"]}
        self.assertLessEqual({item["id"] for item in listed}, restored)

    def test_a_second_server_on_the_same_store_is_refused(self):
        done = run("serve", SAMPLE / "primary_sales.csv", "--without-keys", "--port", "0", "--store", self.server.store)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("used by a server", done.stderr)

    def test_a_damaged_store_is_said_to_be_no_store(self):
        self.server.stop()
        for path in self.folder.glob("insights.db*"):
            path.unlink()
        (self.folder / "insights.db").write_bytes(b"not a database at all" * 500)
        done = run("serve", SAMPLE / "primary_sales.csv", "--without-keys", "--port", "0", "--store", self.folder / "insights.db")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is not a store of insights", done.stderr)


class Disks(Journey):
    """A small file system of its own, where this user may make one."""

    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(self.disk)], capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("SKIPPED: no file system may be mounted here")
        self.addCleanup(lambda: subprocess.run(["umount", str(self.disk)], check=True))

    def test_a_full_disk_is_said_and_lived_through(self):
        log = self.folder / "log"
        log.mkdir()
        with Server(self.disk, "--without-keys", log_folder=log) as server:
            server.explored()
            server.until_ready_is(200)
            before = server.get("/api/v1/findings?limit=500").json()
            filler = self.disk / "filler"
            with self.assertRaises(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 4096)
            reasons = server.until_ready_is(503)
            self.assertIn("the store cannot be written", json.dumps(reasons))
            refused = server.post("/api/v1/explorations")
            self.assertEqual((refused.status, refused.json()["code"]), (503, "store_unavailable"))
            self.assertNotIn(str(self.disk), refused.body.decode())
            self.assertEqual(server.get("/api/v1/findings?limit=500").json(), before)
            self.assertIn("is full", server.logged().decode())
            filler.unlink()
            server.until_ready_is(200)
            self.assertEqual(server.explored()["state"], "done")


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""docs/reference/metrics.md and the alert rules against the program, in both directions; and that each line of the log says
which request or run it belongs to."""
import json
import re
import shutil
import subprocess
import unittest

from journey import ROOT, Journey
from scripted_provider import ScriptedProvider, Turn
from server_process import Server

PAGE = (ROOT / "docs/reference/metrics.md").read_text(encoding="utf-8")
RULES_FILE = ROOT / "packaging/prometheus/insights.rules.yml"
RULES = RULES_FILE.read_text(encoding="utf-8")
SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


def documented():
    """name -> (type, labels)"""
    return {name: (kind, set(re.findall(r"`(\w+)`", labels)))
            for name, kind, labels in re.findall(r"^\| `(insights_\w+)` \| (\w+) \|([^|]*)\|", PAGE, re.MULTILINE)}


class TheMetricsPage(Journey):
    def setUp(self):
        super().setUp()
        self.server = Server(self.folder, "--without-keys")
        self.addCleanup(lambda: self.server.__exit__())

    def test_it_has_every_metric_with_its_type_and_no_other(self):
        text = self.server.get("/metrics").body.decode()
        types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
        self.assertEqual({name: kind for name, (kind, _) in documented().items()}, types)

    def test_each_series_has_the_labels_of_the_page(self):
        self.server.explored()
        self.server.explored()
        text = self.server.get("/metrics").body.decode()
        seen = set()
        for series, labels, value in SERIES.findall(text):
            name = series if series in documented() else re.sub(r"_(bucket|sum|count)$", "", series)
            names = set(re.findall(r'(\w+)="', labels)) - {"le"}
            self.assertEqual(names, documented()[name][1], series)
            float(value)
            seen.add(name)
        # What needs a language model, a failure, a schedule or Redis is not there.
        self.assertEqual(set(documented()) - seen, {"insights_refusals_total", "insights_cache_reachable", "insights_schedule_occurrences_total",
                                                    "insights_webhook_attempts_total", "insights_tokens_total",
                                                    "insights_dollars_total", "insights_store_errors_total"})

    def test_the_time_of_the_last_whole_exploration_outlives_the_server(self):
        self.server.explored()
        found = r"^insights_last_success_timestamp_seconds (\S+)$"
        before = re.search(found, self.server.get("/metrics").body.decode(), re.MULTILINE).group(1)
        self.server.__exit__()
        self.server = Server(self.folder, "--without-keys")
        after = re.search(found, self.server.get("/metrics").body.decode(), re.MULTILINE).group(1)
        self.assertLess(abs(float(before) - float(after)), 5)

    def test_each_line_of_the_log_says_which_request_or_run_it_belongs_to(self):
        run_id = self.server.explored()["id"]
        answer = self.server.get("/api/v1/explorations/none")
        self.server.post("/api/v1/explorations", {"focus": "nothing_of_the_kind"})
        self.server.stop()
        lines = [json.loads(line) for line in self.server.logged().decode().splitlines()]
        events = {line["event"] for line in lines}
        self.assertLessEqual({"serving", "request", "run_started", "run_ended", "engine", "stopped"}, events)
        for line in lines:
            self.assertTrue(line["at"] and line["level"] in ("info", "warning", "error"), line)
            if "nothing_of_the_kind" in line.get("what", ""):  # a mistake of the one who asked
                self.assertEqual(line["level"], "warning")
            if line["event"] in ("request", "engine", "store", "bug"):
                self.assertTrue(line.get("request") or line.get("run"), line)
            if line["event"].startswith("run_"):
                self.assertEqual(line["run"], run_id)
        self.assertIn(answer.headers["x-request-id"], {line.get("request") for line in lines})
        listed = {event for names in re.findall(r"^\| (`[^|]*) \|", PAGE.split("## The log")[1], re.MULTILINE)
                  for event in re.findall(r"`(\w+)`", names)}
        used = set()
        for path in [*(ROOT / "src/server").glob("*.cpp"), *(ROOT / "src/cli").glob("*.cpp")]:
            used |= set(re.findall(r'log_event\(\s*"\w+",\s*"(\w+)"', path.read_text(encoding="utf-8")))
        self.assertEqual(listed, used)


class ALanguageModel(Journey):
    """Statements that were written by somebody else: counted, listed with who asked, and the refused ones among them."""

    def test_its_tokens_dollars_and_refusals_are_counted_and_its_statements_listed(self):
        good = "SELECT plant, sum(nsv2) AS net FROM primary_sales GROUP BY plant"
        script = [Turn(calls=[("execute_sql", {"sql": "DELETE FROM primary_sales"}), ("execute_sql", {"sql": "SELECT * FROM elsewhere"})]),
                  Turn(calls=[("execute_sql", {"sql": good}), ("execute_sql", {"sql": "SELECT getenv('HOME')"})]),
                  Turn(calls=[("finish", {"reason": "all is said"})])]
        with ScriptedProvider(script) as provider:
            settings = self.file("insights.toml", f'analyst = "llm"\n' + provider.settings("openai"))
            server = Server(self.folder, "--without-keys", "--config", str(settings))
            self.addCleanup(lambda: server.__exit__())
            run_id = server.explored()["id"]
            self.assertEqual(provider.problems, [])
        use = server.get(f"/api/v1/explorations/{run_id}/report").json()["llm"]
        series = {f"{name}{{{labels}}}": float(value) for name, labels, value in SERIES.findall(server.get("/metrics").body.decode())}

        def tokens(kind):
            return series[f'insights_tokens_total{{model="gpt-5.2",kind="{kind}"}}']

        self.assertEqual(tokens("input") + tokens("cached_input"), use["input_tokens"])
        self.assertEqual(tokens("output") + tokens("reasoning"), use["output_tokens"])
        self.assertGreater(use["usd"], 0)
        self.assertAlmostEqual(series['insights_dollars_total{model="gpt-5.2"}'], use["usd"], places=6)
        self.assertAlmostEqual(series['insights_budget_used_ratio{budget="dollars"}'], use["usd"] / 5, places=4)
        refused = {name: value for name, value in series.items() if name.startswith("insights_refusals_total")}
        self.assertEqual(refused, {'insights_refusals_total{class="not_a_read"}': 1, 'insights_refusals_total{class="relation"}': 1,
                                   'insights_refusals_total{class="function"}': 1})
        listed = server.get(f"/api/v1/queries?run={run_id}&verdict=refuse").json()["items"]
        self.assertEqual({(item["sql"], item["class"], item["asked_by"], item["exploration"], item["owner"]) for item in listed},
                         {("DELETE FROM primary_sales", "not_a_read", "language model", run_id, "local"),
                          ("SELECT * FROM elsewhere", "relation", "language model", run_id, "local"),
                          ("SELECT getenv('HOME')", "function", "language model", run_id, "local")})
        asked = [item for item in server.get("/api/v1/queries?limit=500").json()["items"] if item["sql"] == good]
        self.assertEqual([(item["verdict"], item["asked_by"], item["rows"] > 1, item["bytes"] > 0) for item in asked],
                         [("allow", "language model", True, True)])
        self.assertTrue(any(kind == "refused" and data["class"] == "relation" for _, kind, data in server.events(run_id)))

    def test_the_query_log_of_all_runs_is_filtered_and_read_a_page_at_a_time(self):
        server = Server(self.folder, "--without-keys")
        self.addCleanup(lambda: server.__exit__())
        runs = [server.explored()["id"] for _ in range(2)]
        everything = server.get("/api/v1/queries?limit=500").json()["items"]
        self.assertEqual({item["exploration"] for item in everything}, set(runs))
        self.assertEqual([item["at"] for item in everything], sorted((item["at"] for item in everything), reverse=True))
        seen, cursor = [], ""
        while cursor is not None:
            page = server.get(f"/api/v1/queries?limit=7{cursor and '&cursor=' + cursor}").json()
            seen += page["items"]
            cursor = page["next_cursor"]
        self.assertEqual(seen, everything)
        one = server.get(f"/api/v1/queries?run={runs[0]}&limit=500").json()["items"]
        self.assertEqual(one, [item for item in everything if item["exploration"] == runs[0]])
        middle = everything[len(everything) // 2]["at"]
        self.assertEqual(server.get(f"/api/v1/queries?since={middle}&limit=500").json()["items"],
                         [item for item in everything if item["at"] >= middle])
        self.assertEqual(server.get("/api/v1/queries?slow=3600000").json()["items"], [])
        for wrong in ("verdict=odd", "since=yesterday", "slow=-1", "cursor=7", "cursor=1.2", "limit=0", "limit=501"):
            self.assertEqual(server.get(f"/api/v1/queries?{wrong}").json()["code"], "invalid_parameter", wrong)


class TheAlertRules(unittest.TestCase):
    def rules(self):
        """(alert, expression) of each rule; the file is read as text, so that no YAML library is needed."""
        return re.findall(r"^ +- alert: (\w+)\n +expr: (.+)$", RULES, re.MULTILINE)

    def test_each_rule_has_what_a_person_needs(self):
        self.assertEqual(len(self.rules()), RULES.count("- alert:"))
        for part in RULES.split("- alert:")[1:]:
            for needed in ("expr:", "severity:", "summary:", "description:"):
                self.assertIn(needed, part)

    def test_they_use_metrics_and_labels_that_exist(self):
        metrics = documented()
        for alert, expression in self.rules():
            with self.subTest(alert):
                names = re.findall(r"\binsights_\w+", expression)
                self.assertTrue(names or expression.startswith("up{"), expression)
                for name in names:
                    base = name if name in metrics else re.sub(r"_(bucket|sum|count)$", "", name)
                    self.assertIn(base, metrics)
                    if base != name:
                        self.assertEqual(metrics[base][0], "histogram")
                    used = set(re.findall(r"(\w+)=\"", re.search(re.escape(name) + r"(\{[^}]*\})?", expression).group(0)))
                    self.assertLessEqual(used, metrics[base][1])

    def test_the_file_is_yaml(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("SKIPPED: python3-yaml is not installed")
        (group,) = yaml.safe_load(RULES)["groups"]
        self.assertEqual([(rule["alert"], rule["expr"]) for rule in group["rules"]], self.rules())

    def test_prometheus_takes_them(self):
        if not shutil.which("promtool"):
            self.skipTest("SKIPPED: promtool is not installed (Debian: apt-get install prometheus)")
        done = subprocess.run(["promtool", "check", "rules", str(RULES_FILE)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

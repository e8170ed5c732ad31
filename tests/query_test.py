"""`insights query`: rows, refusals, judging, and queries that would take the machine down."""
import json
import time
import unittest

from journey import Journey, run

REFUSED, USAGE = 3, 2


class Query(Journey):
    def setUp(self):
        super().setUp()
        self.sales = self.file("sales.csv", "region,amount,email\n" + "".join(
            f"{'NS'[i % 2]},{i},p{i}@example.com\n" for i in range(3000)))

    def query(self, *words, **options):
        return run("query", self.sales, "--quiet", *words, **options)

    def test_rows_come_as_a_table_and_as_json(self):
        text = self.query("SELECT region, sum(amount) AS total FROM sales GROUP BY 1 ORDER BY 1")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertEqual([line.split() for line in text.stdout.splitlines()],
                         [["region", "total"], ["------", "-------"], ["N", "2248500"], ["S", "2250000"]])
        answer = json.loads(self.query("--json", "SELECT amount FROM sales ORDER BY 1 LIMIT 2").stdout)
        self.assertEqual(answer, {"columns": ["amount"], "rows": [[0], [1]], "row_count": 2, "truncated": False})

    def test_a_cut_result_says_so(self):
        answer = json.loads(self.query("--json", "--rows", "10", "SELECT amount FROM sales").stdout)
        self.assertEqual((answer["row_count"], answer["truncated"]), (10, True))
        answer = json.loads(self.query("--json", "--bytes", "1000", "SELECT email FROM sales").stdout)
        self.assertTrue(answer["truncated"])
        done = run("query", self.sales, "--rows", "10", "SELECT amount FROM sales")
        self.assertIn("first 10 rows", done.stderr)

    def test_what_does_not_only_read_is_refused_with_what_to_do(self):
        for statement in ("DROP TABLE sales", "SELECT * FROM '/etc/passwd'", "SELECT current_setting('threads')",
                          "SELECT 1; SELECT 2", "SELECT amont FROM sales", "SELECT * FROM other", ""):
            for check in ([], ["--check"]):
                done = self.query(*check, statement)
                self.assertEqual(done.returncode, REFUSED, statement + done.stderr)
                self.assertEqual(len(done.stderr.strip().splitlines()), 2, done.stderr)

    def test_check_judges_by_either_grammar_and_runs_nothing(self):
        done = self.query("--check", "--json", "--dialect", "postgres", "SELECT DISTINCT ON (region) region, amount::int FROM sales")
        answer = json.loads(done.stdout)
        self.assertEqual((answer["verdict"], answer["tables"]), ("allow", ["sales"]))
        self.assertEqual(self.query("--check", "--dialect", "postgres", "FROM sales").returncode, REFUSED)
        self.assertEqual(self.query("--check", "FROM sales").returncode, 0)
        self.assertEqual(self.query("--dialect", "postgres", "SELECT 1").returncode, USAGE)
        self.assertEqual(self.query("--check", "--dialect", "oracle", "SELECT 1").returncode, USAGE)

    def test_for_a_model_personal_data_is_masked_and_not_given_away(self):
        statement = "SELECT email, region, amount FROM sales ORDER BY amount LIMIT 2"
        shown = json.loads(self.query("--json", statement).stdout)["rows"]
        self.assertEqual(shown, [["p0@example.com", "N", 0], ["p1@example.com", "S", 1]])
        masked = json.loads(self.query("--json", "--mask", statement).stdout)["rows"]
        self.assertEqual([row[1:] for row in masked], [row[1:] for row in shown])
        self.assertRegex(masked[0][0], "^masked-[0-9a-f]{16}$")
        self.assertNotEqual(masked[0][0], masked[1][0])
        oracle = "SELECT count(*) FROM sales WHERE email LIKE 'p1%'"
        self.assertEqual(self.query(oracle).returncode, 0)
        for words in (["--mask"], ["--check"]):
            self.assertEqual(self.query(*words, oracle).returncode, REFUSED)
        failing = self.query("--mask", "SELECT strptime(email, '%Y') FROM sales")
        self.assertEqual(failing.returncode, 1)
        self.assertNotIn("example.com", failing.stderr)

    def test_the_metadata_says_what_is_personal_and_what_a_model_gets(self):
        def verdict(entry):
            self.file("metadata/sales.json", json.dumps(entry))
            done = self.query("--check", "--json", "--metadata", self.folder / "metadata", "SELECT email, region FROM sales")
            return json.loads(done.stdout)["verdict"] if done.stdout else done.stderr
        self.assertEqual(verdict({}), "mask")
        self.assertEqual(verdict({"email": {"personal": False}}), "allow")
        self.assertEqual(verdict({"email": {"policy": "allow"}}), "allow")
        self.assertEqual(verdict({"email": {"policy": "refuse"}}), "refuse")
        self.assertEqual(verdict({"email": {"personal": False}, "region": {"personal": "address"}}), "mask")
        self.assertIn('did you mean "phone"', verdict({"email": {"personal": "phon"}}))
        self.assertIn('no policy "hide"', verdict({"email": {"policy": "hide"}}))

    def test_lines_are_judged_one_by_one(self):
        lines = [{"id": "a", "dialect": "duckdb", "sql": "FROM sales"}, {"id": 7, "dialect": "postgres", "sql": "SELECT pg_sleep(1)"},
                 {"id": "c", "dialect": "trino", "sql": "SELECT 1"}, {"id": "d", "dialect": "any", "sql": "SELECT region FROM sales"}]
        done = self.query("--check", "--jsonl", input="\n".join(map(json.dumps, lines)) + "\nnonsense\n")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([answer["verdict"] for answer in answers], ["mask", "refuse", "refuse", "allow", "refuse"])
        self.assertEqual([answer["id"] for answer in answers], ["a", 7, "c", "d", None])
        self.assertEqual(answers[2]["reason"], "there is no gate for trino")

    def test_what_would_take_the_machine_down_ends(self):
        for statement in ("SELECT list(repeat('y', 100000)) FROM range(1000000)",
                          "SELECT sum(hash(a.range, b.range) % 3) FROM range(1000000) a, range(1000000) b",
                          "SELECT count(*) FROM range(100000) WHERE regexp_matches(repeat('a', 90000 + range % 7), '(a?){1000}b')"):
            started = time.monotonic()
            done = self.query("--query-timeout", "2", "--memory", "512MB", statement)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertLess(time.monotonic() - started, 30)

    def test_queries_are_logged_without_passwords(self):
        log = self.folder / "log.jsonl"
        self.query("--query-log", log, "SELECT count(*) FROM sales")
        self.query("--query-log", log, "SELECT 'postgres://ada:s3cret@host/db', current_user")
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        self.assertEqual([(line["who"], line["verdict"]) for line in lines], [("query", "allow"), ("query", "refuse")])
        self.assertEqual((lines[0]["rows"], lines[0]["class"]), (1, ""))
        self.assertNotIn("s3cret", log.read_text())
        self.assertEqual(self.query("--query-log", "/nowhere/at/all.jsonl", "FROM sales").returncode, 1)

    def test_every_command_that_asks_logs_who_asked_what(self):
        report, log = self.folder / "report.json", self.folder / "log.jsonl"
        def asked(*words):
            run(*words, "--quiet", "--query-log", log)
            lines = [json.loads(line) for line in log.read_text().splitlines()]
            log.unlink()
            self.assertTrue(all(line["sql"] and line["at"] for line in lines))
            return {line["who"] for line in lines}
        days = self.file("orders.csv", "day,customer,amount\n" + "".join(
            f"2024-{1 + i % 12:02d}-{1 + i % 28:02d},C{i % 7},{900 if i % 7 == 3 else 10 + i % 13}\n" for i in range(2000)))
        self.assertEqual(asked("explore", days, "--output", report), {"catalog", "statistical analyst"})
        self.assertEqual(asked("schema", days), {"catalog"})
        self.assertEqual(asked("selftest", days, "--rounds", "1"), {"selftest"})
        self.assertEqual(asked("verify", report, days), {"verify"})


if __name__ == "__main__":
    unittest.main(verbosity=2)

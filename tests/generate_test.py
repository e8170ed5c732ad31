"""Generated companies, scores of reports against their truth, and the self-test on shuffled data."""
import csv
import hashlib
import json
import unittest

from journey import SAMPLE, Journey, explore, run

USAGE, PARTIAL = 2, 4
TABLES = ("invoices", "customers", "products", "batches")


class Company(Journey):
    def generate(self, name, *arguments):
        done = run("generate", "--output", self.folder / name, "--quiet", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.folder / name

    def truth(self, company):
        return json.loads((company / "truth.json").read_text(encoding="utf-8"))


def digests(company):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(company.rglob("*.*"))}


class Generate(Company):
    def test_same_rows_and_seed_give_the_same_bytes(self):
        first = self.generate("a", "--rows", 2000, "--seed", 5, "--describe")
        again = self.generate("b", "--rows", 2000, "--seed", 5, "--describe")
        other = self.generate("c", "--rows", 2000, "--seed", 6, "--describe")
        self.assertEqual(digests(first), digests(again))
        self.assertNotEqual(digests(first)["invoices.csv"], digests(other)["invoices.csv"])

    def test_the_bytes_are_those_of_any_machine(self):
        # Written down once; a machine, compiler or library that rounds differently would show here.
        company = self.generate("a", "--rows", 1000, "--seed", 1)
        self.assertEqual(digests(company)["invoices.csv"][:16], "aa1478b488239c16")

    def test_the_truth_names_what_is_in_the_tables(self):
        company = self.generate("a", "--rows", 5000, "--seed", 2)
        truth = self.truth(company)
        values = set()
        for table in TABLES:
            with (company / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                for row in csv.reader(file):
                    values.update(row)
        self.assertEqual(truth["rows"], 5000)
        self.assertGreater(len(truth["planted"]), 20)
        self.assertEqual(len({one["id"] for one in truth["planted"]}), len(truth["planted"]))
        known = set(json.loads(run("schema", company / "data", "--json", "--quiet").stdout)["subjects"][0].keys())
        self.assertTrue(known)
        for one in truth["planted"] + truth["traps"]:
            for entity in one["entities"] + one.get("echoes", []):
                self.assertIn(entity["value"], values, one["id"])
                self.assertIn(entity["name"], values, one["id"])
        for column in truth["noise_columns"]:
            self.assertIn(column, values)

    def test_parquet_holds_the_same_rows(self):
        company = self.generate("a", "--rows", 500, "--as", "both")
        for form in ("csv", "parquet"):
            done = run("schema", company / f"data/invoices.{form}", "--quiet")
            self.assertIn("500 rows", done.stdout, done.stderr)

    def test_what_is_wrong_is_said_before_anything_is_written(self):
        for words, said in ((("--plant", "price_stepp"), "did you mean"), (("--rows", "5"), "--rows"), (("--as", "xlsx"), "--as"),
                            (("--rows", "ten"), "--rows")):
            done = run("generate", "--output", self.folder / "x", *words)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(said, done.stderr)
        self.assertEqual(run("generate").returncode, USAGE)
        self.assertFalse((self.folder / "x").exists())


class Bench(Company):
    def bench(self, report, company):
        file = self.file("report.json", json.dumps(report))
        done = run("bench", file, company / "truth.json", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["companies"][0]

    def perfect(self, truth):
        """What an analyst that knows the truth would report."""
        return {"findings": [{
            "pattern": one["patterns"][0], "title": one["what"],
            "columns": one["columns_any"] + one["columns_all"] + [entity["columns"][0] for entity in one["entities"]],
            "entities": [{"column": entity["columns"][0], "value": entity["value"], "label": entity["name"]}
                         for entity in one["entities"]],
            "impact": one["impact"] and {"amount": one["impact"]["amount"], "per": one["impact"]["per"]},
            "values": {"when": {"format": "month", "value": one["from"] + "-01"}}} for one in truth["planted"]]}

    def test_a_perfect_report_and_an_empty_one_are_scored_right(self):
        company = self.generate("a", "--rows", 5000, "--seed", 3)
        truth = self.truth(company)
        score = self.bench(self.perfect(truth), company)
        self.assertEqual((score["recall"], score["precision"], score["false_alarm_rate"]), (1, 1, 0), score)
        self.assertLess(score["impact_error"], 1e-6)
        score = self.bench({"findings": []}, company)
        self.assertEqual((score["recall"], score["precision"], score["false_alarm_rate"]), (0, 1, 0))

    def test_noise_and_traps_count_against_a_report(self):
        company = self.generate("a", "--rows", 5000, "--seed", 3)
        truth = self.truth(company)
        faithful = next(trap for trap in truth["traps"] if trap["id"] == "slow_but_faithful")["entities"][0]
        wrong = [{"pattern": "trend", "columns": [truth["noise_columns"][0]], "entities": []},
                 {"pattern": "customer_silent", "columns": ["customer_id"],
                  "entities": [{"column": "customer_id", "value": faithful["value"]}]}]
        score = self.bench({"findings": wrong}, company)
        self.assertEqual([claim["verdict"] for claim in score["claims"]], ["false", "false"])
        self.assertEqual(score["false_alarm_rate"], 1)

    def test_generate_explore_and_score_in_one_command(self):
        done = run("bench", "--rows", 20000, "--seeds", "1", "--plant", "price_step,dominance,harder_zone", "--json", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        score = json.loads(done.stdout)["companies"][0]
        self.assertEqual(score["planted"], 3)
        self.assertGreaterEqual(score["found"], 2, score["insights"])
        self.assertEqual([claim for claim in score["claims"] if claim["verdict"] == "false"], [])

    def test_one_file_alone_is_a_mistake(self):
        self.assertEqual(run("bench", "report.json").returncode, USAGE)
        self.assertEqual(run("bench", self.file("a.json", "{}"), self.file("b.json", "{}")).returncode, 1)


class SelfTest(Company):
    def test_the_sample_has_nothing_to_be_found_by_chance(self):
        done = run("selftest", SAMPLE / "primary_sales.csv", "--rounds", 3, "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("0 findings would have been stated in 3 rounds", done.stdout)

    def test_shuffled_companies_hold_the_promise(self):
        company = self.generate("a", "--rows", 20000, "--seed", 4)
        done = run("selftest", company / "data", "--rounds", 3, "--json", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        test = json.loads(done.stdout)
        self.assertEqual(len(test["rounds"]), 3)
        self.assertGreater(test["findings"], 5)
        self.assertGreater(min(each["tested"] for each in test["rounds"]), 1000)
        self.assertLessEqual(test["false_findings"], 1, [each["false_findings"] for each in test["rounds"]])

    def test_out_of_time_it_tells_the_rounds_it_has(self):
        company = self.generate("a", "--rows", 20000, "--seed", 4)
        done = run("selftest", company / "data", "--rounds", 500, "--timeout", "1s", "--quiet", "--json")
        self.assertEqual(done.returncode, PARTIAL, done.stderr)
        test = json.loads(done.stdout)
        self.assertLess(len(test["rounds"]), 500)
        self.assertNotEqual(test["ended_early"], "")


class Explore(Company):
    def test_a_star_is_told_by_the_names_of_its_customers(self):
        company = self.generate("a", "--rows", 20000, "--seed", 1, "--plant", "silent_customer,dominance")
        names = [one["entities"][0]["name"] for one in self.truth(company)["planted"]]
        titles = " ".join(finding["title"] for finding in explore(company / "data")["findings"])
        for name in names:
            self.assertIn(name, titles)


if __name__ == "__main__":
    unittest.main(verbosity=2)

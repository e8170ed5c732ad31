"""What readers say of findings, over a real server: votes become rules, rules hide and say so, undo brings back."""
import json
import tomllib
import unittest

from journey import SAMPLE, Journey, run
from server_process import SAMPLE_ARGUMENTS, Server


class FeedbackJourney(Journey):
    def setUp(self):
        super().setUp()
        self.server = Server(self.folder, "--without-keys")
        self.addCleanup(lambda: self.server.__exit__())

    def findings(self, query=""):
        return self.server.get(f"/api/v1/findings?limit=500{query}").json()["items"]

    def finding(self, pattern=None, where=lambda item: True):
        return next(item for item in self.findings() if pattern in (None, item["pattern"]) and where(item))

    def whole(self, number):
        return self.server.get(f"/api/v1/findings/{number}").json()

    def vote(self, number, status=201, **body):
        answer = self.server.post(f"/api/v1/findings/{number}/feedback", body)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json()

    def report(self, form="json"):
        run_id = self.server.explored()["id"]
        answer = self.server.get(f"/api/v1/explorations/{run_id}/report?format={form}")
        return answer.json() if form == "json" else answer.body.decode()

    @staticmethod
    def prints(report, part="findings"):
        return [item["fingerprint"] for item in report.get(part, [])]


class VotingDown(FeedbackJourney):
    def test_preview_hides_nothing_the_next_run_hides_and_says_so_and_undo_brings_it_back(self):
        first = self.report()
        self.assertNotIn("hidden", first)
        silent = self.finding("customer_silent")
        entity = next(one for one in self.whole(silent["id"])["finding"]["entities"])
        body = {"vote": "down", "reason": "known", "scope": "entity", "note": "contract ended",
                "entity": {"column": entity["column"], "value": entity["value"]}}

        seen = self.vote(silent["id"], 200, **body, preview=True)
        about = [item for item in first["findings"]
                 if any((one["column"], one["value"]) == (entity["column"], entity["value"]) for one in item["entities"])]
        self.assertEqual(seen["effect"]["hidden"], len(about))
        self.assertEqual(seen["effect"]["of"], len(first["findings"]))
        self.assertEqual(seen["effect"]["text"], f"would have hidden {len(about)} of the last {len(first['findings'])} findings")
        self.assertIn(silent["id"], [item["id"] for item in seen["effect"]["findings"]])
        self.assertEqual(self.server.get("/api/v1/rules").json()["items"], [])
        self.assertEqual(self.server.get("/api/v1/feedback").json()["items"], [])

        rule = self.vote(silent["id"], **body)["rule"]["id"]
        self.assertEqual(self.whole(silent["id"])["suppressed_by"], rule)
        second = self.report()
        self.assertTrue(set(self.prints(second)).isdisjoint(self.prints({"findings": about})))
        self.assertEqual(sorted(self.prints(second, "hidden")), sorted(self.prints({"findings": about})))
        self.assertEqual({item["rule"] for item in second["hidden"]}, {rule})
        self.assertIn("known: contract ended", second["hidden"][0]["because"])
        # Proven and listed all the same, and not resolved.
        listed = {item["id"]: item for item in self.findings()}
        self.assertEqual((listed[silent["id"]]["suppressed_by"], listed[silent["id"]]["state"]), (rule, "persisting"))
        self.assertEqual(len(self.findings("&suppressed=true")), len(about))
        self.assertNotIn(silent["id"], [item["id"] for item in self.findings("&suppressed=false")])
        # Every form of the report says it.
        run_id = listed[silent["id"]]["exploration"]
        count = f"{len(about)} finding{'s were' if len(about) > 1 else ' was'} hidden by your rules"
        for form in ("markdown", "html"):
            shown = self.server.get(f"/api/v1/explorations/{run_id}/report?format={form}").body.decode()
            self.assertIn(count, shown)
            self.assertIn("contract ended", shown)
        # It is as severe as it was: nothing about it is better or worse.
        self.assertEqual(listed[silent["id"]]["severity"], silent["severity"])
        # A saved report with hidden findings verifies.
        saved = self.file("report.json", self.server.get(f"/api/v1/explorations/{run_id}/report").body)
        self.assertEqual(run("verify", saved, SAMPLE / "primary_sales.csv").returncode, 0)
        events = self.server.events(run_id)
        self.assertIn(rule, [data.get("suppressed_by") for _, kind, data in events if kind == "finding"])

        undone = self.server.post(f"/api/v1/rules/{rule}/undo").json()
        self.assertEqual((undone["state"], undone["undone_by"]), ("undone", "local"))
        self.assertIsNone(self.whole(silent["id"])["suppressed_by"])
        third = self.report()
        self.assertEqual(third["findings"], first["findings"])
        self.assertNotIn("hidden", third)
        self.assertEqual(self.server.post(f"/api/v1/rules/{rule}/undo").json()["code"], "already_undone")

    def test_a_threshold_hides_the_smaller_ones_of_its_pattern_alone(self):
        first = self.report()
        kinds = [item for item in first["findings"] if item["impact"]["kind"] != "none"]
        least = min(kinds, key=lambda item: abs(item["impact"]["amount"]))
        number = self.finding(where=lambda item: item["fingerprint"] == least["fingerprint"])["id"]
        amount = abs(least["impact"]["amount"])
        self.assertIn("is not below", self.vote(number, 400, vote="down", reason="not_material", scope="threshold",
                                                below=amount)["detail"])
        self.vote(number, vote="down", reason="not_material", scope="threshold", below=amount * 1.01)
        second = self.report()
        gone = set(self.prints(first)) - set(self.prints(second))
        expected = {item["fingerprint"] for item in kinds if item["pattern"] == least["pattern"] and
                    item["impact"]["per"] == least["impact"]["per"] and abs(item["impact"]["amount"]) < amount * 1.01}
        self.assertEqual(gone, expected)

    def test_a_pattern_is_hidden_whole(self):
        self.report()
        victim = self.finding(where=lambda item: self.whole(item["id"])["finding"]["entities"] != [])
        self.vote(victim["id"], vote="down", reason="wrong", scope="pattern")
        second = self.report()
        self.assertNotIn(victim["pattern"], {item["pattern"] for item in second["findings"]})
        self.assertIn(victim["pattern"], {item["pattern"] for item in second["hidden"]})

    def test_a_duplicate_is_told_under_the_other(self):
        first = self.report()
        one, other = self.findings()[:2]
        voted = self.vote(one["id"], vote="down", reason="duplicate", duplicate_of=other["id"])
        self.assertEqual(self.whole(one["id"])["state"], "merged")
        self.assertEqual(self.whole(one["id"])["merged_into"], other["id"])
        self.assertEqual(self.whole(other["id"])["merged"], [{"id": one["id"], "title": one["title"]}])
        self.assertNotIn(one["id"], [item["id"] for item in self.findings()])
        self.assertEqual([item["id"] for item in self.findings("&state=merged")], [one["id"]])
        second = self.report()
        self.assertEqual(set(self.prints(first)) - set(self.prints(second)), {one["fingerprint"]})
        self.assertEqual([item["into"] for item in second["hidden"]], [other["fingerprint"]])
        self.assertIn("is told under finding", self.vote(other["id"], 400, vote="down", reason="duplicate",
                                                         duplicate_of=one["id"])["detail"])
        self.server.post(f"/api/v1/rules/{voted['rule']['id']}/undo")
        self.assertEqual(self.whole(one["id"])["state"], "persisting")
        self.assertEqual(self.prints(self.report()), self.prints(first))

    def test_votes_rank_and_the_report_says_how(self):
        first = self.report()
        last = first["findings"][-1]
        number = self.finding(where=lambda item: item["fingerprint"] == last["fingerprint"])["id"]
        self.assertIsNone(self.vote(number, vote="up", note="more of this")["rule"])
        second = self.report()
        raised = next(item for item in second["findings"] if item["fingerprint"] == last["fingerprint"])
        weight = raised["feedback"]["weight"]
        self.assertIn("1 up, 0 down on this pattern", raised["feedback"]["because"])
        self.assertGreater(weight, 1.05)
        self.assertLessEqual(weight, 1.3)
        self.assertAlmostEqual(raised["ranking"]["score"], last["ranking"]["score"] * weight)
        self.assertIn("by your votes: 1 up, 0 down", self.report("markdown"))
        self.assertEqual(self.server.get("/api/v1/feedback").json()["items"][0]["note"], "more of this")


class WhatIsWrong(FeedbackJourney):
    def test_is_refused_in_words_and_changes_nothing(self):
        self.report()
        number = self.findings()[0]["id"]
        for body, words in (({}, "vote: up or down"), ({"vote": "down"}, "reason: one of wrong"),
                            ({"vote": "down", "reason": "boring"}, "reason: one of wrong"),
                            ({"vote": "down", "reason": "known", "scope": "all"}, "scope: one of finding"),
                            ({"vote": "down", "reason": "known", "scpoe": "finding"}, "'scpoe' is not known"),
                            ({"vote": "down", "reason": "known", "scope": "threshold", "below": -1}, "below: an amount"),
                            ({"vote": "down", "reason": "known", "scope": "entity", "entity": {"column": "x", "value": "y"}}, "about"),
                            ({"vote": "down", "reason": "duplicate", "duplicate_of": number}, "repeats another one"),
                            ({"vote": "down", "reason": "duplicate"}, "duplicate_of"),
                            ({"vote": "up", "scope": "pattern"}, "scope: it goes with a vote down"),
                            ({"vote": "up", "note": "x" * 1001}, "at most 1000"),
                            ({"vote": "up", "preview": 1}, "preview is true or false")):
            with self.subTest(body):
                self.assertIn(words, self.vote(number, 400, **body)["detail"])
        self.vote(999_999, 404, vote="up")
        self.assertEqual(self.server.get("/api/v1/feedback").json()["items"], [])
        self.assertEqual(self.server.post("/api/v1/rules/rule-7/undo").status, 404)
        self.assertEqual(self.server.post("/api/v1/rules/seven/undo").status, 404)

    def test_a_key_that_may_only_read_cannot_vote(self):
        self.report()
        self.server.__exit__()
        made = run("keys", "create", "reader", "--scopes", "read", "--store", self.server.store, "--json")
        self.server = Server(self.folder)
        self.server.headers = {"Authorization": f"Bearer {json.loads(made.stdout)['secret']}"}
        self.assertEqual(self.server.post("/api/v1/findings/1/feedback", {"vote": "up"}).status, 403)
        self.assertEqual(self.server.get("/api/v1/rules").status, 200)


class TheCommandLine(FeedbackJourney):
    def feedback(self, *words, code=0):
        done = run("feedback", *words, "--store", self.server.store)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_votes_undoes_and_exports_beside_a_server_that_runs(self):
        first = self.report()
        item = self.finding("customer_silent")
        words = ("down", item["id"], "--reason", "known", "--note", "they moved")
        shown = self.feedback(*words, "--preview")
        self.assertIn(f"would have hidden 1 of the last {len(first['findings'])} findings: this finding", shown)
        self.assertIn(item["title"], shown)
        self.assertEqual(self.feedback("rules"), "")
        self.assertIn("made rule-1", self.feedback(*words))
        self.assertEqual(self.feedback("up", self.findings()[1]["id"]), "counted\n")
        self.assertIn("rule-1   active  this finding: known (they moved)", self.feedback("rules"))
        self.assertEqual(self.prints(self.report(), "hidden"), [item["fingerprint"]])
        self.assertEqual(self.feedback("export"), self.server.get("/api/v1/rules/export").body.decode())
        self.feedback("undo", "rule-1")
        self.assertNotIn("hidden", self.report())
        self.assertIn("no rule rule-1 in force", self.feedback("undo", "rule-1", code=1))
        self.assertEqual(tomllib.loads(self.feedback("export"))["votes"][0]["up"], 1)

    def test_mistakes_are_answered_in_words(self):
        sized = next(item["fingerprint"] for item in self.report()["findings"] if item["impact"]["kind"] != "none")
        sized = str(self.finding(where=lambda item: item["fingerprint"] == sized)["id"])
        for words, code, part in ((("down", "1"), 2, "--reason: there is no ''"), (("down", "one", "--reason", "known"), 2, "no id"),
                                  (("sideways", "1"), 2, "usage: insights feedback"), ((), 2, "usage"),
                                  (("up", "99999"), 1, "there is no finding 99999"),
                                  (("down", sized, "--reason", "not_material", "--scope", "threshold"), 1, "threshold")):
            with self.subTest(words):
                self.assertIn(part, self.feedback(*words, code=code))


class TheFile(FeedbackJourney):
    def explore(self, *arguments, code=0):
        done = run("explore", *SAMPLE_ARGUMENTS, "--format", "json", "--quiet", *arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if code == 0 else done.stderr

    def test_does_without_a_server_what_the_server_does(self):
        self.report()
        for item in self.findings()[:2]:
            self.vote(item["id"], vote="down", reason="not_actionable", note='odd "words"\n\\ here')
        self.vote(self.findings()[3]["id"], vote="up")
        there = self.report()
        self.assertEqual(len(there["hidden"]), 2)
        exported = self.server.get("/api/v1/rules/export")
        self.assertEqual(exported.headers["content-type"], "application/toml")
        document = tomllib.loads(exported.body.decode())
        self.assertEqual([rule["note"] for rule in document["rule"]], ['odd "words"\n\\ here'] * 2)
        rules = self.file("rules.toml", exported.body)
        here = self.explore("--rules", str(rules), "--ledger", str(self.folder / "ledger.jsonl"))
        entries = [json.loads(line) for line in (self.folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
        self.assertEqual(sorted(entry["note"] for entry in entries if entry["decision"] == "hidden"), ["by rule-1", "by rule-2"])
        self.assertEqual(here["findings"], there["findings"])
        self.assertEqual(here["hidden"], there["hidden"])
        shown = run("explore", *SAMPLE_ARGUMENTS, "--quiet", "--rules", rules).stdout
        self.assertIn("2 findings were hidden by your rules", shown)
        self.assertNotIn("hidden", self.explore())

    def test_is_read_strictly(self):
        rules = self.file("rules.toml", '[[rule]]\nscope = "pattern"\npatern = "trend"\nreason = "known"\n')
        self.assertIn("""'patern' is not known here""", self.explore("--rules", str(rules), code=1))
        self.assertIn("""did you mean "pattern"?""", self.explore("--rules", str(rules), code=1))
        self.explore("--rules", str(self.folder / "none.toml"), code=1)

    def test_hides_on_a_server_too_and_its_rules_are_told_apart(self):
        self.report()
        self.server.__exit__()
        pattern = "customer_silent"
        rules = self.file("rules.toml", f'[[rule]]\nscope = "pattern"\npattern = "{pattern}"\nreason = "known"\n')
        self.server = Server(self.folder, "--without-keys", "--rules", str(rules))
        report = self.report()
        self.assertNotIn(pattern, {item["pattern"] for item in report["findings"]})
        self.assertEqual({item["rule"] for item in report["hidden"]}, {"file-rule-1"})


if __name__ == "__main__":
    unittest.main(verbosity=2)

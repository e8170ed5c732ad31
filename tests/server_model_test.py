"""A language model explores for the server: its run is journaled under the server's id, and goes on after a kill."""
import json
import time
import unittest

from agent_test import LOOK, PLANTS, PROMISED, RECORD, TABLE, FINISH, plants, sql
from journey import Journey, run
from scripted_provider import KEY, ScriptedProvider, Turn
from server_process import Server


class AModelOnTheServer(Journey):
    def serve(self, provider, *arguments):
        config = self.file("insights.toml", 'analyst = "llm"\n' + provider.settings())
        server = Server(self.folder, "--without-keys", "--config", str(config), *arguments, source=[str(TABLE)])
        self.addCleanup(lambda: server.__exit__())
        return server

    def listed(self, server):
        done = run("runs", "--json", "--store", server.store)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["runs"]

    def test_keeps_its_run_in_the_one_store_under_the_id_of_the_server(self):
        with ScriptedProvider([LOOK, RECORD, FINISH]) as provider:
            server = self.serve(provider)
            done = server.explored()
            self.assertEqual(done["state"], "done", done)
            self.assertEqual(provider.problems, [])
            report = server.get(f"/api/v1/explorations/{done['id']}/report").json()
            self.assertEqual((report["run"]["id"], report["run"]["analyst"]), (done["id"], "llm"))
            for title in PROMISED:
                self.assertIn(title, [item["title"] for item in report["findings"]])
            self.assertEqual([(one["run"], one["state"]) for one in self.listed(server)], [(done["id"], "done")])
            sent = json.loads(run("egress", done["id"], "--json", "--store", server.store).stdout)["requests"]
            self.assertEqual([one["bytes"] for one in sent], [len(request.raw) for request in provider.requests])
            self.assertEqual([path.name for path in self.folder.rglob("*.db")], ["insights.db"])
            self.assertNotIn(KEY.encode(), server.store.read_bytes() + server.logged())

    def test_goes_on_where_it_was_after_a_kill_and_pays_for_nothing_twice(self):
        script = [LOOK, RECORD, Turn(delay=3), Turn(calls=[sql(PLANTS)]), Turn(calls=[plants("q9")]), FINISH]
        with ScriptedProvider(script) as provider:
            server = self.serve(provider)
            run_id = server.post("/api/v1/explorations").json()["id"]
            deadline = time.monotonic() + 60
            while len(provider.requests) < 3 and time.monotonic() < deadline:
                time.sleep(0.01)
            server.kill()
            self.assertEqual(len(provider.requests), 3)
            server.__exit__()
            server = self.serve(provider)
            self.assertEqual(server.get(f"/api/v1/explorations/{run_id}").json()["state"], "interrupted")
            self.assertEqual(server.post(f"/api/v1/explorations/{run_id}/resume").status, 202)
            done = server.ended(run_id)
            self.assertEqual(done["state"], "done", done)
            self.assertEqual(provider.problems, [])
            self.assertEqual(len(provider.requests), len(script))
            # What was asked last is asked again, to the byte: nothing before it is.
            self.assertEqual(provider.requests[2].raw, provider.requests[3].raw)
            report = server.get(f"/api/v1/explorations/{run_id}/report").json()
            self.assertEqual(report["llm"]["calls"], len(script) - 1)
            for title in [*PROMISED, "Plant-B brings ₹1.42M"]:
                self.assertIn(title, [item["title"] for item in report["findings"]])
            self.assertEqual([(one["run"], one["state"]) for one in self.listed(server)], [(run_id, "done")])

    def test_is_told_what_was_found_before_and_what_was_said_of_it_before_the_leads(self):
        with ScriptedProvider([FINISH] * 3) as provider:
            server = self.serve(provider)
            server.explored()
            self.assertNotIn(b"Earlier explorations", provider.requests[0].raw)
            told = server.get("/api/v1/findings?pattern=customer_silent").json()["items"][0]
            server.post(f"/api/v1/findings/{told['id']}/feedback", {"vote": "down", "reason": "known", "note": "contract ended"})
            server.explored()
            asked = json.dumps(provider.requests[1].body)
            past, leads = asked.index("Earlier explorations"), asked.index("The leads:")
            self.assertIn("voted down: known; in the reader's words: contract ended", asked[past:leads])
            self.assertIn("GHI Service Center", asked[past:leads])
            server.stop()
            schema = self.serve(provider, "--privacy", "schema")
            schema.explored()
            for word in ("Earlier explorations", "contract ended", "GHI Service Center"):
                self.assertNotIn(word, json.dumps(provider.requests[2].body))
            self.assertEqual(provider.problems, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

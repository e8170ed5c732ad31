"""The room llm against a real server of a language model, which misbehaves: every fault, over the three protocols."""
import json
import os
import ssl
import subprocess
import tempfile
import unittest

from journey import ROOT, Journey, run
from scripted_provider import FAULTS, KEY, PROTOCOLS, ScriptedProvider, Turn

DRIVE = os.environ.get("DRIVE_MODEL", str(ROOT / "build/release/tests/llm/drive_model"))
SELECT = ("execute_sql", {"sql": "SELECT \"a\" FROM t -- ümläut"})
# A wait that the provider asks for, so that tests do not wait longer.
SOON = 0.01


def drive(provider, protocol, **order):
    """The lines that came of it: (replies, failures, sent, last)."""
    environment = order.pop("environment", {"no_proxy": "*"})
    base = {"protocol": protocol, "base_url": provider.base_url(protocol), "key": KEY, "model": "gpt-5.2", **order}
    done = subprocess.run([DRIVE], input=json.dumps(base) + "\n", capture_output=True, text=True, timeout=120,
                          env={"PATH": os.environ["PATH"], **environment}, check=False)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{done.returncode}: {done.stdout}{done.stderr}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines


def outcomes(lines):
    return [line for line in lines if "ending" in line or "failure" in line]


class AConversation(unittest.TestCase):
    def over(self, script, turns, protocols=PROTOCOLS, **order):
        """Plays the script over each protocol; yields protocol, the outcomes, and the provider."""
        for protocol in protocols:
            with self.subTest(protocol), ScriptedProvider(script) as provider:
                lines = drive(provider, protocol, turns=turns, **order)
                self.assertNotIn(KEY, json.dumps(lines))
                yield protocol, outcomes(lines), provider, lines
                self.assertEqual(provider.problems, [])

    def test_is_held_with_thoughts_texts_and_parallel_calls(self):
        script = [Turn(thinking="Let me look.", calls=[SELECT, ("execute_sql", {"sql": None})]),
                  Turn(text="I see.", calls=[SELECT]),
                  Turn(thinking="So.", text="Done: é.", calls=[("finish", {"sql": None})],
                       usage={"input": 2000, "cached": 1500, "output": 100, "reasoning": 40})]
        for protocol, told, provider, lines in self.over(script, 3):
            self.assertEqual([line["ending"] for line in told], ["turn"] * 3)
            self.assertEqual([len(line["calls"]) for line in told], [2, 1, 1])
            self.assertEqual(json.loads(told[0]["calls"][0]["arguments"]), SELECT[1])
            self.assertEqual(told[1]["text"], "I see.")
            self.assertEqual(told[2]["usage"] | {"reasoning": 40},
                             {"input": 2000, "cached": 1500, "written": 0, "output": 100, "reasoning": 40, "estimated": False})
            self.assertEqual(told[0]["progress"]["calling"], "execute_sqlexecute_sql")
            self.assertEqual(told[0]["progress"]["thinking"], "Let me look.")
            self.assertEqual(told[2]["progress"]["saying"], "Done: é.")
            self.assertAlmostEqual(told[2]["usd"], (500 * 1.75 + 1500 * 0.175 + 100 * 14) / 1e6)
            self.assertEqual(provider.requests[2].results, [("execute_sql", "result of execute_sql")])
            for share in provider.prefix_shares:
                self.assertGreater(share, 0.95)

    def test_goes_on_when_the_answers_come_whole_although_a_stream_was_asked_for(self):
        script = [Turn(stream=False, thinking="Hm.", calls=[SELECT]), Turn(stream=False, text="Done.")]
        for protocol, told, provider, lines in self.over(script, 2):
            self.assertEqual(told[0]["calls"][0]["name"], "execute_sql")
            self.assertEqual(told[1]["text"], "Done.")

    def test_survives_what_passes(self):
        for fault in ("429", "500", "503", "529", "disconnect", "cut", "silent_end", "broken_stream", "stream_error_flat",
                      "stream_error_nested", "error_in_200", "html"):
            script = [Turn(text="It begins with a long sentence.", calls=[SELECT], fault=fault, retry_after=SOON), Turn(text="Well.")]
            with self.subTest(fault):
                for protocol, told, provider, lines in self.over(script, 1):
                    self.assertEqual([line.get("text") for line in told], ["Well."], told)
                    self.assertIn("again in", told[0]["progress"]["retrying"])
                    self.assertEqual(len([line for line in lines if "sent" in line]), 2)
                    if fault in ("cut", "silent_end", "broken_stream"):
                        self.assertTrue(told[0]["usage"]["estimated"])

    def test_ends_where_asking_again_does_not_help(self):
        kinds = {"quota": "quota", "unauthorized": "error", "not_found": "error", "context_too_long": "context_too_long"}
        for fault, kind in kinds.items():
            with self.subTest(fault):
                for protocol, told, provider, lines in self.over([Turn(fault=fault)], 1):
                    self.assertEqual([line["failure"] for line in told], [kind], told)
                    self.assertEqual(len(provider.requests), 1)
                    self.assertIn(FAULTS[fault][3].split(KEY)[0], told[0]["message"])

    def test_ends_when_it_is_busy_for_too_long(self):
        script = [Turn(fault="429", retry_after=SOON)] * 3
        for protocol, told, provider, lines in self.over(script, 1):
            self.assertEqual([line["failure"] for line in told], ["busy"])
            self.assertEqual(len(provider.requests), 3)
        for protocol, told, provider, lines in self.over([Turn(fault="429", retry_after=600)], 1, ["openai"]):
            self.assertEqual([line["failure"] for line in told], ["busy"])
            self.assertEqual(len(provider.requests), 1)

    def test_waits_by_itself_where_the_provider_does_not_say_how_long(self):
        for protocol, told, provider, lines in self.over([Turn(fault="429"), Turn(text="Well.")], 1, ["openai"]):
            self.assertEqual(told[0]["text"], "Well.")
            self.assertTrue(0.37 <= lines[-1]["seconds"] < 3, lines[-1])

    def test_says_what_ended_an_answer(self):
        for protocol, told, provider, lines in self.over([Turn(fault="refusal"), Turn(text="Well.")], 2):
            self.assertEqual(told[0]["ending"], "refused")
        for protocol, told, provider, lines in self.over([Turn(text="Half", fault="content_filter")], 1, ["openai", "chat"]):
            self.assertEqual(told[0]["ending"], "content_filter")
        for protocol, told, provider, lines in self.over([Turn(fault="length"), Turn(text="Well.")], 2):
            self.assertEqual([told[0]["ending"], told[0]["calls"], told[1]["text"]], ["length", [], "Well."])

    def test_leaves_out_a_call_that_was_cut_off(self):
        script = [Turn(text="I call.", calls=[SELECT, SELECT], fault="length_in_call"), Turn(text="Well.")]
        for protocol, told, provider, lines in self.over(script, 2):
            self.assertEqual([told[0]["ending"], len(told[0]["calls"]), told[1]["text"]], ["length", 1, "Well."])

    def test_takes_an_empty_answer_and_one_of_ten_megabytes(self):
        for protocol, told, provider, lines in self.over([Turn(fault="empty"), Turn(fault="huge"), Turn(text="Well.")], 3):
            self.assertEqual([line["text_bytes"] for line in told], [0, 10_000_000, 5])
            self.assertLess(lines[-1]["seconds"], 20)

    def test_hands_arguments_on_as_they_came(self):
        for broken in ("{\"sql\": ", "no JSON at all", "", "[1]"):
            with self.subTest(broken):
                for protocol, told, provider, lines in self.over([Turn(calls=[("unknown_tool", broken)]), Turn(text="Well.")], 2):
                    self.assertEqual(told[0]["calls"][0]["name"], "unknown_tool")
                    if protocol != "anthropic" or broken not in ("", "[1]"):
                        self.assertEqual(told[0]["calls"][0]["arguments"], broken)
                    self.assertEqual(told[1]["text"], "Well.")

    def test_takes_calls_without_ids_and_with_arguments_that_are_no_text(self):
        script = [Turn(calls=[SELECT, SELECT], omit_ids=True, arguments_as_object=True), Turn(calls=[SELECT], omit_ids=True),
                  Turn(text="Well.")]
        for protocol, told, provider, lines in self.over(script, 3, ["chat"]):
            ids = [call["id"] for line in told for call in line["calls"]]
            self.assertEqual(ids, ["call_1", "call_2", "call_3"])
            self.assertEqual(json.loads(told[0]["calls"][0]["arguments"]), SELECT[1])

    def test_sends_back_items_that_nobody_knows(self):
        for protocol, told, provider, lines in self.over([Turn(fault="unknown_item", calls=[SELECT]), Turn(text="Well.")], 2, ["openai"]):
            self.assertIn("web_search_call", [item.get("type") for item in provider.requests[1].items])

    def test_asks_for_the_nearest_effort_that_the_model_takes(self):
        for protocol, told, provider, lines in self.over([Turn(text="Well.")], 1, ["openai", "chat"], effort="minimal"):
            self.assertEqual(told[0]["notes"], ["gpt-5.2 does not take the effort minimal: low is asked for"])
        script = [Turn(fault="unsupported_effort"), Turn(text="Well."), Turn(text="Well.")]
        for protocol, told, provider, lines in self.over(script, 2, ["openai", "chat"]):
            efforts = [request.body.get("reasoning", {}).get("effort") or request.body.get("reasoning_effort")
                       for request in provider.requests]
            self.assertEqual(efforts, ["medium", "low", "low"])
            self.assertEqual([len(line["notes"]) for line in told], [1, 0])

    def test_leaves_out_what_a_server_refuses(self):
        refusals = {"openai": ["reasoning.summary", "stream_options", "parallel_tool_calls", "prompt_cache_key"],
                    "chat": ["parallel_tool_calls", "stream_options", "max_tokens", "tool_choice"],
                    "anthropic": ["cache_control"]}
        for protocol, parameters in refusals.items():
            for parameter in parameters:
                script = [Turn(fault="refused_parameter", parameter=parameter), Turn(text="Well."), Turn(text="Well.")]
                with self.subTest(parameter):
                    for _, told, provider, lines in self.over(script, 2, [protocol]):
                        self.assertEqual([line.get("text") for line in told], ["Well.", "Well."])
                        self.assertEqual(len(provider.requests), 3)
                        self.assertNotIn(f'"{parameter.split(".")[-1]}":', provider.requests[2].raw.decode())
        for _, told, provider, lines in self.over([Turn(fault="refused_parameter", parameter="model")], 1, ["openai"]):
            self.assertEqual([line["failure"] for line in told], ["error"])

    def test_notices_a_server_that_cuts_what_is_too_long(self):
        script = [Turn(text="Well." * 6000, usage={"input": 9000}), Turn(text="Well.", usage={"input": 2000}), Turn(text="Well.")]
        for _, told, provider, lines in self.over(script, 3, ["chat"]):
            self.assertEqual([len(line["notes"]) for line in told], [0, 1, 0])
            self.assertIn("counts 2000 tokens of input", told[1]["notes"][0])

    def test_believes_a_server_that_says_how_much_it_reads(self):
        for protocol, told, provider, lines in self.over([Turn(fault="context_too_long")], 1, model="unknown"):
            self.assertEqual(lines[-1]["context_tokens"], 272_000)

    def test_is_stopped_at_once(self):
        for script in ([Turn(fault="hang")], [Turn(text="x" * 400, pause=0.2)], [Turn(fault="429", retry_after=60)]):
            for protocol, told, provider, lines in self.over(script, 1, stop_after=0.3):
                self.assertTrue(told[0].get("cancelled"), told)
                self.assertLess(lines[-1]["seconds"], 0.6)

    def test_gives_a_silent_server_up(self):
        for protocol, told, provider, lines in self.over([Turn(fault="hang")] * 2, 1, retries=1, idle_ms=200):
            self.assertEqual([line["failure"] for line in told], ["unreachable"])
            self.assertIn("sent nothing for 0.2 s", told[0]["message"])

    def test_says_when_nobody_is_there(self):
        with ScriptedProvider([]) as provider:
            gone = provider.base_url()
        line = outcomes(drive(provider, "openai", base_url=gone, retries=0))[0]
        self.assertEqual(line["failure"], "unreachable")
        self.assertIn("127.0.0.1 cannot be reached", line["message"])

    def test_does_not_tell_its_key_to_a_server_that_it_cannot_trust(self):
        with tempfile.TemporaryDirectory() as folder, ScriptedProvider([]) as provider:
            files = [folder + "/key.pem", folder + "/certificate.pem"]
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
                            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files[0], "-out", files[1]],
                           check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files[1], files[0])
            provider.server.socket = context.wrap_socket(provider.server.socket, server_side=True)
            address = provider.base_url().replace("http://", "https://")
            line = outcomes(drive(provider, "openai", base_url=address))[0]
            self.assertEqual(line["failure"], "unreachable")
            self.assertIn("127.0.0.1 is not trusted", line["message"])
            self.assertEqual(provider.requests, [])

    def test_goes_through_the_proxy_of_the_environment(self):
        with ScriptedProvider([Turn(text="Well.")]) as provider:
            told = outcomes(drive(provider, "openai", base_url="http://model.example/v1", environment={"http_proxy": provider.root}))
            self.assertEqual([line.get("text") for line in told], ["Well."], told)
            self.assertEqual(provider.requests[0].path, "http://model.example/v1/responses")

    def test_is_compacted_by_the_provider_that_can(self):
        script = [Turn(calls=[SELECT], thinking="Hm."), Turn(text="Well.")]
        for protocol, told, provider, lines in self.over(script, 1, do="compact"):
            self.assertIn({"compacted": protocol == "openai"}, lines)
            self.assertEqual(provider.compactions, 1 if protocol == "openai" else 0)
            if protocol == "openai":
                self.assertEqual([item["type"] for item in provider.requests[1].items], ["message", "compaction", "message"])


class TheDoctor(Journey):
    def diagnose(self, provider, protocol, **options):
        self.file("insights.toml", 'analyst = "llm"\n' + provider.settings(protocol, **options.pop("settings", {})))
        done = run("doctor", "--json", cwd=self.folder, **options)
        self.assertNotIn(KEY, done.stdout + done.stderr)
        tried = {trial["what"]: trial for trial in json.loads(done.stdout)["tried"]}
        return done.returncode, tried

    def test_says_what_the_endpoint_can_do(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol), ScriptedProvider([Turn(calls=[("ready", {"ready": True})])]) as provider:
                code, tried = self.diagnose(provider, protocol)
                self.assertEqual(code, 0, tried)
                self.assertEqual(list(tried), ["llm reachable", "llm key", "llm model", "llm tools", "llm context"])
                self.assertIn("272000 tokens", tried["llm context"]["outcome"])
                self.assertEqual(provider.problems, [])

    def test_says_what_is_wrong(self):
        with ScriptedProvider([Turn(text="I am ready.")]) as provider:
            code, tried = self.diagnose(provider, "chat")
            self.assertEqual((code, tried["llm tools"]["works"]), (1, False))
            self.assertIn("called no tool", tried["llm tools"]["outcome"])
        with ScriptedProvider([]) as provider:
            code, tried = self.diagnose(provider, "openai", settings={"api_key": "another"})
            self.assertEqual((code, list(tried)), (1, ["llm reachable", "llm key"]))
            self.assertIn("Incorrect API key", tried["llm key"]["outcome"])
        code, tried = self.diagnose(provider, "openai")  # it is gone
        self.assertEqual((code, list(tried)), (1, ["llm reachable"]))

    def test_believes_a_server_that_says_how_much_it_reads(self):
        with ScriptedProvider([Turn(calls=[("ready", {"ready": True})])], models=["local"], context=8192) as provider:
            code, tried = self.diagnose(provider, "chat", settings={"model": "local"})
            self.assertEqual((code, tried["llm context"]["works"]), (1, False))
            self.assertIn("8192 tokens", tried["llm context"]["outcome"])


if __name__ == "__main__":
    unittest.main(verbosity=2)

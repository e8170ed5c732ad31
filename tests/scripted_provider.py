"""A language-model server for tests. It speaks three protocols (OpenAI's Responses, chat/completions, Anthropic's
Messages) over real HTTP/1.1 with streaming, plays a script that does not know which of them is spoken, misbehaves when the
script says so, and holds every request against the published schemas and the providers' rules.

    from scripted_provider import PROTOCOLS, ScriptedProvider, Turn

    script = [
        Turn(calls=[("execute_sql", {"sql": "SELECT 1"}), ("list_tables", {})]),   # two calls in one turn
        Turn(fault="429", retry_after=0.1),                                       # the next request is refused ...
        lambda request: Turn(calls=[("record_finding", build(request.results))]), # ... and the one after it answered
        Turn(text="That is all.", calls=[("finish", {})]),
    ]
    with ScriptedProvider(script) as provider:
        done = run("explore", ..., environment=provider.environment("openai"))    # or "chat", "anthropic"
    self.assertEqual(provider.problems, [])       # what requests did wrong, in words

A script is a list of Turns, or of functions from a Request to a Turn; or one function, for all requests. Each answered
request takes one element: a retry takes the next. When the list is over, `then` is played (a Turn or a function; without it
a text that says so, and a problem is noted).

Turn(text, calls, thinking, usage, fault, ...):
    calls     [(name, arguments)]: a dict, or a str that is sent as it stands (malformed JSON, for example)
    thinking  a text: a reasoning item with encrypted content, a thinking block with signature, or reasoning_content
    usage     {"input": 10, "cached": 0, "cache_written": 0, "output": 5, "reasoning": 0}; what is left out is counted
    delay     seconds before the answer;   pause   seconds between its pieces
    stream    False: the answer comes as one JSON object although a stream was asked for
    fault     one of FAULTS

Request: .path, .protocol, .body (parsed), .raw (bytes), .headers, .results (what tools answered since the last turn of the
model: [(name, text)]), .all_results (since the beginning), .user_text (the first message), .instructions, .tools (names).

After a run: provider.requests, .problems, .prefix_shares (of each request but the first: how much of the one before it
stands unchanged at its beginning, 0..1), .input_tokens (as billed), .compactions (how many were asked for).
"""
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from provider_answers import ANSWERS, FAULTS, KEY, Turn, arguments_text, error_body
from provider_requests import Request, common_prefix, rule_problems, schema_complaints, without_extensions

PROTOCOLS = ("openai", "chat", "anthropic")


class ScriptedProvider:
    def __init__(self, script, then=None, models=("gpt-5.2",), context=None, key=KEY):
        self.script, self.then, self.models, self.context, self.key = script, then, models, context, key
        self.requests, self.compactions, self.input_tokens = [], 0, 0
        self.notes, self.prefix_shares, self.sent = [], [], []
        self.played = 0
        self.compact_bodies = []
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self.server.daemon_threads = True
        self.closing = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def root(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def base_url(self, protocol="openai"):
        return self.root + ("" if protocol == "anthropic" else "/v1")

    def settings(self, protocol="openai", model="gpt-5.2", **more):
        """The [llm] section of an insights.toml that speaks with this server."""
        lines = {"provider": protocol, "base_url": self.base_url(protocol), "api_key": self.key, "model": model, **more}
        return "[llm]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())

    def environment(self, model="gpt-5.2", **more):
        """Variables for OPENAI-like use; the protocol is set by --provider or llm.provider."""
        return {"OPENAI_API_KEY": self.key, "OPENAI_BASE_URL": self.base_url(), "LLM_MODEL": model, **more}

    @property
    def problems(self):
        """What the requests did wrong. Schemas are asked now, not while the program waits."""
        found = list(self.notes)
        pairs = [(request.protocol, without_extensions(request.body) if request.protocol == "chat" else request.body)
                 for request in self.requests]
        pairs += [("compact", body) for body in self.compact_bodies]
        for (name, _), complaint in zip(pairs, schema_complaints(pairs)):
            if complaint:
                found.append(f"a request of {name} is not what the schema allows: {complaint}")
        return found

    def take(self, request):
        """The turn for a request, and its usage."""
        with self.lock:
            number = len(self.requests)
            previous = next((one for one in reversed(self.requests) if one.path == request.path), None)
            same = common_prefix(previous.raw, request.raw) if previous else 0
            if previous:
                self.prefix_shares.append(same / len(previous.raw))
            self.requests.append(request)
            self.notes += [f"request {number}: {problem}" for problem in rule_problems(request, self.sent)]
            turn = self.next_turn(request)
            usage = {"input": max(1, len(request.raw) // 4), "cached": same // 4 // 128 * 128 if same >= 4096 else 0,
                     "cache_written": 0, "output": 20, "reasoning": 0}
            usage["output"] += (len(turn.text) + sum(len(arguments_text(one[1])) for one in turn.calls)) // 4
            usage.update(turn.usage)
            if not isinstance(FAULTS.get(turn.fault), tuple):
                self.input_tokens += usage["input"]
            return turn, ANSWERS[request.protocol](turn, request, number, usage)

    def next_turn(self, request):
        if callable(self.script):
            return self.script(request)
        if self.played < len(self.script):
            entry = self.script[self.played]
            self.played += 1
        elif self.then is not None:
            entry = self.then
        else:
            self.notes.append("the script is over, but the model was asked again")
            entry = Turn(text="(The script is over.)")
        turn = entry(request) if callable(entry) else entry
        if turn.fault and turn.fault not in FAULTS:
            raise ValueError(f"there is no fault {turn.fault}")
        return turn

    def came_through(self, answer):
        with self.lock:
            echo = answer.echo()
            if echo:
                self.sent.append(echo)


def handler_for(provider):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def handle(self):
            try:
                super().handle()
            except (ConnectionError, BrokenPipeError):
                pass  # the program stopped listening

        def is_known(self):
            key = self.headers.get("Authorization", "").removeprefix("Bearer ") or self.headers.get("x-api-key", "") \
                or self.headers.get("api-key", "")
            return key == provider.key

        def do_GET(self):
            if not self.is_known():
                return self.send_json(401, error_body("openai", "invalid_request_error", "invalid_api_key", "Incorrect API key"))
            if self.path.split("?")[0].endswith("/models"):
                extra = {"max_model_len": provider.context} if provider.context else {}
                return self.send_json(200, {"object": "list", "data": [{"id": name, "object": "model", **extra} for name in provider.models]})
            return self.send_json(404, error_body("openai", "invalid_request_error", None, f"no such path: {self.path}"))

        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            path = self.path.split("?")[0]
            if not self.is_known():
                return self.send_json(401, error_body("openai", "invalid_request_error", "invalid_api_key", "Incorrect API key"))
            if path.endswith("/responses/compact"):
                return self.compact(json.loads(raw))
            if not re.search(r"/(responses|chat/completions|messages)$", path):
                return self.send_json(404, error_body("openai", "invalid_request_error", None, f"no such path: {path}"))
            request = Request(path, dict(self.headers), raw)
            turn, answer = provider.take(request)
            provider.closing.wait(turn.delay)
            return self.play(request, turn, answer)

        def compact(self, body):
            with provider.lock:
                provider.compactions += 1
                provider.compact_bodies.append(body)
            users = [item for item in body["input"] if item.get("role") == "user"]
            output = users + [{"type": "compaction", "id": f"cmp_{provider.compactions}", "encrypted_content": "c" * 500}]
            tokens = len(json.dumps(body)) // 4
            self.send_json(200, {"id": "resp_c", "object": "response.compaction", "created_at": 1_764_000_000, "output": output,
                                 "usage": {"input_tokens": tokens, "input_tokens_details": {"cached_tokens": 0},
                                           "output_tokens": 150, "output_tokens_details": {"reasoning_tokens": 0},
                                           "total_tokens": tokens + 150}})

        def play(self, request, turn, answer):
            fault = FAULTS.get(turn.fault)
            if isinstance(fault, tuple):
                return self.refuse(request, turn, *fault)
            if turn.fault == "disconnect":
                self.close_connection = True
                self.connection.shutdown(2)
                return None
            if turn.fault == "hang":
                return provider.closing.wait(600)
            if turn.fault == "error_in_200":
                return self.send_json(200, error_body(request.protocol, "server_error", "server_error", "The provider failed"))
            if not turn.stream or not request.body.get("stream"):
                self.send_json(200, answer.whole(), turn.headers)
            else:
                self.stream(turn, answer)
            if turn.fault not in ("cut", "silent_end", "broken_stream", "stream_error_flat", "stream_error_nested"):
                provider.came_through(answer)
            return None

        def refuse(self, request, turn, status, kind, code, message):
            headers = dict(turn.headers)
            if turn.retry_after is not None:
                headers["Retry-After"] = str(turn.retry_after)
            if turn.fault == "html":
                return self.send_bytes(status, message.encode(), "text/html", headers)
            parameter = None
            if turn.fault == "refused_parameter":
                parameter, message = turn.parameter, f"Unsupported parameter: '{turn.parameter}' is not supported with this model."
            if turn.fault == "unsupported_effort":
                parameter = "reasoning.effort" if request.protocol == "openai" else "reasoning_effort"
            return self.send_json(status, error_body(request.protocol, kind, code, message, parameter), headers)

        def stream(self, turn, answer):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream; charset=utf-8")
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("x-request-id", f"req_{answer.number}")
            for name, value in turn.headers.items():
                self.send_header(name, value)
            self.end_headers()
            events = list(answer.events())
            half = len(events) // 2
            if turn.fault in ("cut", "silent_end", "broken_stream", "stream_error_flat", "stream_error_nested"):
                events = events[:half]
            self.chunk(b": hello\n\n")
            for name, event in events:
                self.event(name, event)
                if turn.pause:
                    provider.closing.wait(turn.pause)
            failure = {"type": "server_error", "code": "server_error", "message": "The provider failed", "param": None}
            if turn.fault == "stream_error_flat":
                self.event("error", {**failure, "type": "error", "sequence_number": half})
            elif turn.fault == "stream_error_nested":
                self.event("error", {"type": "error", "sequence_number": half, "error": failure})
            elif turn.fault == "broken_stream":
                self.event(None, '{"type": "response.output_te')
            if turn.fault == "cut":
                self.wfile.flush()
                self.close_connection = True
                self.connection.shutdown(2)
                return
            self.wfile.write(b"0\r\n\r\n")

        def event(self, name, event):
            data = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
            head = f"event: {name}\n" if name else ""
            self.chunk(f"{head}data: {data}\n\n".encode())

        def chunk(self, data):
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

        def send_json(self, status, body, headers=None):
            self.send_bytes(status, json.dumps(body).encode(), "application/json", headers or {})

        def send_bytes(self, status, data, kind, headers):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("x-request-id", "req_0")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    return Handler


if __name__ == "__main__":
    with ScriptedProvider([], then=Turn(text="Hello.")) as by_hand:  # the address stays until Ctrl-C
        print(by_hand.settings())
        while True:
            time.sleep(1)

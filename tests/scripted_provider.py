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
import pathlib
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = pathlib.Path(__file__).resolve().parent
PROTOCOLS = ("openai", "chat", "anthropic")
KEY = "sk-test-canary-key-7f3a"
EFFORTS_OF_GPT_5_2 = ("none", "low", "medium", "high", "xhigh")

# name: what happens. Those with a status are answered with it, and no turn is played.
FAULTS = {
    "429": (429, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached for requests"),
    "500": (500, "server_error", None, "The server had an error while processing your request"),
    "503": (503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded"),
    "529": (529, "overloaded_error", None, "Overloaded"),
    "quota": (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan"),
    "unauthorized": (401, "invalid_request_error", "invalid_api_key", f"Incorrect API key provided: {KEY}."),
    "not_found": (404, "invalid_request_error", "model_not_found", "The model does not exist"),
    "context_too_long": (400, "invalid_request_error", "context_length_exceeded",
                         "This model's maximum context length is 272000 tokens. However, your messages resulted in more."),
    "unsupported_effort": (400, "invalid_request_error", "unsupported_value",
                           "Unsupported value: 'medium' is not supported with this model. Supported values are: 'none', 'low'."),
    "refused_parameter": (400, "invalid_request_error", "unsupported_parameter", ""),  # names Turn.parameter
    "html": (502, None, None, "<html><body>502 Bad Gateway</body></html>"),
    "cut": "the stream breaks off in the middle of the answer",
    "silent_end": "the stream ends properly, but without its last events",
    "disconnect": "the connection is closed before anything is answered",
    "hang": "nothing is ever answered",
    "broken_stream": "an event of the stream is no JSON",
    "stream_error_flat": "an error event in the stream, with its fields at the top",
    "stream_error_nested": "an error event in the stream, with its fields under 'error'",
    "error_in_200": "a JSON error with status 200",
    "refusal": "the model refuses",
    "content_filter": "the provider's filter ends the answer",
    "length": "the limit on output ends the answer, in the middle of reasoning",
    "length_in_call": "the limit on output ends the answer, in the middle of a call's arguments",
    "empty": "an answer without text and without calls",
    "huge": "an answer of 10 MB of text",
    "unknown_item": "an item of a type that nobody knows stands in the answer",
}


@dataclass
class Turn:
    text: str = ""
    calls: list = field(default_factory=list)
    thinking: str = ""
    usage: dict = field(default_factory=dict)
    fault: str = ""
    retry_after: object = None  # of an answer with a status: the header's value; a number or a date
    headers: dict = field(default_factory=dict)
    parameter: str = ""  # that refused_parameter refuses
    delay: float = 0
    pause: float = 0
    stream: bool = True
    omit_ids: bool = False  # chat: calls come without ids
    arguments_as_object: bool = False  # chat: arguments come as an object, not as text


class Request:
    """One request, as scripts and tests see it."""

    def __init__(self, path, headers, raw):
        self.path, self.headers, self.raw = path, headers, raw
        self.body = json.loads(raw) if raw else {}
        self.protocol = ("anthropic" if path.endswith("/messages") else
                         "chat" if path.endswith("/chat/completions") else "openai")
        self.answer = None  # the items, message or blocks that were sent back, when they came through whole

    @property
    def items(self):
        return self.body.get("input" if self.protocol == "openai" else "messages", [])

    @property
    def instructions(self):
        if self.protocol == "openai":
            return self.body.get("instructions", "")
        if self.protocol == "anthropic":
            return "".join(block["text"] for block in self.body.get("system", []))
        return "".join(message["content"] for message in self.items if message["role"] == "system")

    @property
    def user_text(self):
        for item in self.items:
            if item.get("role") == "user":
                content = item["content"]
                if isinstance(content, str):
                    return content
                return "".join(part.get("text", "") for part in content)
        return ""

    @property
    def tools(self):
        return [tool.get("name") or tool["function"]["name"] for tool in self.body.get("tools", [])]

    def sequence(self):
        """("call", id, name), ("result", id, text) and ("user", "", text), in order."""
        for item in self.items:
            kind = item.get("type", "message")
            if kind == "function_call":
                yield "call", item["call_id"], item["name"]
            elif kind == "function_call_output":
                yield "result", item["call_id"], item["output"]
            elif item.get("role") == "tool":
                yield "result", item["tool_call_id"], item["content"]
            for call in item.get("tool_calls") or []:
                yield "call", call["id"], call["function"]["name"]
            content = item.get("content")
            if self.protocol == "anthropic" and isinstance(content, list):
                for block in content:
                    if block["type"] == "tool_use":
                        yield "call", block["id"], block["name"]
                    elif block["type"] == "tool_result":
                        yield "result", block["tool_use_id"], block.get("content", "")
                    elif block["type"] == "text" and item["role"] == "user":
                        yield "user", "", block["text"]
            elif item.get("role") == "user":
                yield "user", "", content

    @property
    def all_results(self):
        names, results = {}, []
        for kind, identity, what in self.sequence():
            if kind == "call":
                names[identity] = what
            elif kind == "result":
                results.append((names.get(identity, "?"), what))
        return results

    @property
    def results(self):
        names, results, after_results = {}, [], False
        for kind, identity, what in self.sequence():
            if kind == "call":
                if after_results:
                    results, after_results = [], False
                names[identity] = what
            elif kind == "result":
                results.append((names.get(identity, "?"), what))
                after_results = True
        return results


# ---- What requests must be

SCHEMAS = {"openai": "create_response.strict.schema.json", "chat": "create_chat_completion_request.strict.schema.json",
           "anthropic": "messages_request.schema.json", "compact": "compact_request.strict.schema.json"}
# What servers other than OpenAI send in an assistant's message, and want back.
CHAT_EXTENSIONS = ("reasoning", "reasoning_content", "reasoning_details")


def schema_complaints(pairs):
    """For each (schema name, body) what its schema says, or "". In this process where jsonschema is installed, else by
    Debian's python3, whose python3-jsonschema scripts/setup.sh installs."""
    try:
        import jsonschema
    except ImportError:
        done = subprocess.run(["/usr/bin/python3", __file__, "--check"], input=json.dumps(pairs), text=True,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"requests cannot be checked: install python3-jsonschema (scripts/setup.sh)\n{done.stderr}")
        return json.loads(done.stdout)
    validators, complaints = {}, []
    for name, body in pairs:
        if name not in validators:
            schema = json.loads((HERE / "llm" / SCHEMAS[name]).read_text(encoding="utf-8"))
            validators[name] = jsonschema.Draft7Validator(schema)
        error = jsonschema.exceptions.best_match(validators[name].iter_errors(body))
        complaints.append("" if error is None else
                          f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
    return complaints


def without_extensions(body):
    messages = [{key: value for key, value in message.items() if key not in CHAT_EXTENSIONS}
                for message in body.get("messages", [])]
    return {**body, "messages": messages}


def strictness_problems(schema, where):
    """OpenAI's rules for strict schemas."""
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" or "properties" in schema:
        if schema.get("additionalProperties") is not False:
            yield f"{where}: additionalProperties is not false"
        if sorted(schema.get("required", [])) != sorted(schema.get("properties", {})):
            yield f"{where}: not every property is required"
    for name, inner in schema.get("properties", {}).items():
        yield from strictness_problems(inner, f"{where}.{name}")
    if "items" in schema:
        yield from strictness_problems(schema["items"], f"{where}[]")
    for inner in schema.get("anyOf", []):
        yield from strictness_problems(inner, where)


def call_problems(request):
    """Every call is answered, once, before the model is asked again."""
    asked, answered = [], []
    for kind, identity, what in request.sequence():
        if kind == "call":
            asked.append(identity)
        elif kind == "result":
            if identity not in asked:
                yield f"a result for the call {identity}, which nobody made"
            if identity in answered:
                yield f"two results for the call {identity}"
            answered.append(identity)
    for identity in asked:
        if identity not in answered:
            yield f"the call {identity} has no result"
        if asked.count(identity) > 1:
            yield f"the call id {identity} is there twice"


def echo_problems(request, sent):
    """What the model said comes back whole and in order: sent = the answers so far, each a list of items or blocks."""
    if request.protocol == "openai":
        items = request.items
    elif request.protocol == "anthropic":
        items = [block for message in request.items if message["role"] == "assistant" and isinstance(message["content"], list)
                 for block in message["content"]]
    else:
        items = [message for message in request.items if message["role"] == "assistant"]
    known = [json.dumps(item, sort_keys=True) for item in items]
    first_known = 0
    for answer in sent:
        want = [json.dumps(item, sort_keys=True) for item in answer]
        if not want or want[0] not in known[first_known:] and not any(one in known for one in want):
            continue  # compacted, or left out whole
        start = known.index(want[0], first_known) if want[0] in known[first_known:] else None
        if start is None or known[start:start + len(want)] != want:
            yield f"an answer did not come back whole and in order: {want[0][:120]}"
        else:
            first_known = start + len(want)


def rule_problems(request, sent):
    body = request.body
    if request.tools != sorted(request.tools):
        yield "the tools are not sorted"
    yield from call_problems(request)
    yield from echo_problems(request, sent)
    for tool in body.get("tools", []):
        function = tool.get("function", tool)
        schema = function.get("parameters", function.get("input_schema"))
        yield from strictness_problems(schema, function["name"])
    if request.protocol == "anthropic":
        thinks = body.get("thinking", {}).get("type", "disabled") != "disabled"
        if thinks and body.get("tool_choice", {}).get("type", "auto") not in ("auto", "none"):
            yield "a tool may not be forced while thinking"
        if body.get("thinking", {}).get("budget_tokens", 0) >= body["max_tokens"]:
            yield "budget_tokens is not less than max_tokens"
        roles = [message["role"] for message in body["messages"]]
        if any(one == other for one, other in zip(roles, roles[1:])):
            yield "roles do not alternate: results of one turn belong in one message"
        return
    effort = body.get("reasoning", {}).get("effort") if request.protocol == "openai" else body.get("reasoning_effort")
    if body.get("model", "").startswith("gpt-5.2"):
        if effort is None and "reasoning_refused" not in body:
            yield "gpt-5.2 is not told its effort"
        elif effort is not None and effort not in EFFORTS_OF_GPT_5_2:
            yield f"gpt-5.2 does not take the effort {effort}"
    if effort not in (None, "none") and {"temperature", "top_p", "logprobs"} & set(body):
        yield "sampling parameters are refused while reasoning"
    if request.protocol == "openai" and body.get("store", True) is False:
        if any(item.get("type") == "item_reference" for item in request.items):
            yield "an item_reference where nothing is stored"
        if effort not in (None, "none") and "reasoning.encrypted_content" not in body.get("include", []):
            yield "reasoning.encrypted_content is not asked for"


# ---- Answers

def common_prefix(one, other):
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def pieces(text, size=7):
    """A text as a stream hands it over; a long one in large pieces."""
    size = max(size, len(text) // 200)
    return [text[at:at + size] for at in range(0, len(text), size)]


def arguments_text(arguments):
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


class Answer:
    """What one protocol sends for a turn: `events` for a stream, `whole` for none, `echo` = what must come back."""

    def __init__(self, turn, request, number, usage):
        self.turn, self.request, self.number, self.usage = turn, request, number, usage
        self.model = request.body.get("model", "")
        self.text = "x" * 10_000_000 if turn.fault == "huge" else turn.text
        self.calls = [] if turn.fault in ("length", "refusal", "content_filter", "empty") else turn.calls
        if turn.fault in ("empty", "refusal"):
            self.text = ""
        self.ids = [f"call_{number}_{index}" for index in range(len(self.calls))]

    def call_list(self):
        return [(identity, name, arguments_text(arguments)) for identity, (name, arguments) in zip(self.ids, self.calls)]


class ResponsesAnswer(Answer):
    def items(self):
        turn, items = self.turn, []
        if turn.thinking or turn.fault == "length":
            items.append({"type": "reasoning", "id": f"rs_{self.number}",
                          "summary": [{"type": "summary_text", "text": turn.thinking or "Thinking"}],
                          "encrypted_content": f"gAAAA{self.number}" + "k" * 200})
        if turn.fault == "unknown_item":
            # The schema of requests knows it; the program does not.
            items.append({"type": "web_search_call", "id": f"ws_{self.number}", "status": "completed",
                          "action": {"type": "search", "query": "nothing", "queries": ["nothing"]}})
        if self.text:
            items.append({"type": "message", "id": f"msg_{self.number}", "role": "assistant", "status": "completed",
                          "content": [{"type": "output_text", "text": self.text, "annotations": [], "logprobs": []}]})
        if turn.fault == "refusal":
            items.append({"type": "message", "id": f"msg_{self.number}", "role": "assistant", "status": "completed",
                          "content": [{"type": "refusal", "refusal": "I cannot help with that."}]})
        for identity, name, arguments in self.call_list():
            status = "completed"
            if turn.fault == "length_in_call" and identity == self.ids[-1]:
                status, arguments = "incomplete", arguments[:len(arguments) // 2]
            items.append({"type": "function_call", "id": "fc_" + identity, "call_id": identity, "name": name,
                          "arguments": arguments, "status": status})
        return items

    def response(self, items):
        reason = {"length": "max_output_tokens", "length_in_call": "max_output_tokens",
                  "content_filter": "content_filter"}.get(self.turn.fault)
        usage = self.usage
        return {"id": f"resp_{self.number}", "object": "response", "created_at": 1_764_000_000, "model": self.model,
                "status": "incomplete" if reason else "completed", "error": None,
                "incomplete_details": {"reason": reason} if reason else None, "output": items, "service_tier": "default",
                "usage": {"input_tokens": usage["input"],
                          "input_tokens_details": {"cached_tokens": usage["cached"], "cache_write_tokens": usage["cache_written"]},
                          "output_tokens": usage["output"], "output_tokens_details": {"reasoning_tokens": usage["reasoning"]},
                          "total_tokens": usage["input"] + usage["output"]}}

    def whole(self):
        return self.response(self.items())

    def events(self):
        items = self.items()
        response = self.response(items)
        sequence = 0
        for event in self.plain_events(items, response):
            yield event["type"], {**event, "sequence_number": sequence}
            sequence += 1

    def plain_events(self, items, response):
        started = {**response, "status": "in_progress", "output": [], "usage": None}
        yield {"type": "response.created", "response": started}
        yield {"type": "response.in_progress", "response": started}
        for index, item in enumerate(items):
            place = {"output_index": index, "item_id": item["id"]}
            yield {"type": "response.output_item.added", "output_index": index,
                   "item": {**item, **({"arguments": ""} if "arguments" in item else {"encrypted_content": ""} if "encrypted_content" in item else {})}}
            for part in item.get("summary", []):
                for piece in pieces(part["text"]):
                    yield {"type": "response.reasoning_summary_text.delta", **place, "summary_index": 0, "delta": piece}
            for part in item.get("content", []):
                kind = "refusal" if part["type"] == "refusal" else "output_text"
                for piece in pieces(part.get("text", part.get("refusal"))):
                    yield {"type": f"response.{kind}.delta", **place, "content_index": 0, "delta": piece,
                           "obfuscation": "abc"}
            for piece in pieces(item.get("arguments", "")):
                yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
            yield {"type": "response.output_item.done", "output_index": index, "item": item}
        yield {"type": f"response.{response['status']}", "response": response}

    def echo(self):
        items = [item for item in self.items() if item.get("status") != "incomplete"]
        while items and items[-1]["type"] == "reasoning" and self.turn.fault.startswith("length"):
            items.pop()
        return items


class ChatAnswer(Answer):
    def message(self):
        message = {"role": "assistant", "content": self.text}
        if self.turn.fault == "refusal":
            message["refusal"] = "I cannot help with that."
        if self.turn.thinking:
            message["reasoning_content"] = self.turn.thinking
        calls = self.call_list()
        if self.turn.fault == "length_in_call":
            calls = calls[:-1] + [(*calls[-1][:2], calls[-1][2][:len(calls[-1][2]) // 2])]
        if calls:
            message["tool_calls"] = [{"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}
                                     for identity, name, arguments in calls]
        return message

    def finish_reason(self):
        return {"length": "length", "length_in_call": "length", "content_filter": "content_filter"}.get(
            self.turn.fault, "stop")  # also after tool calls: some servers say so, it must not matter

    def usage_json(self):
        usage = self.usage
        return {"prompt_tokens": usage["input"], "completion_tokens": usage["output"],
                "total_tokens": usage["input"] + usage["output"],
                "prompt_tokens_details": {"cached_tokens": usage["cached"]},
                "completion_tokens_details": {"reasoning_tokens": usage["reasoning"]}}

    def base(self, kind):
        return {"id": f"chatcmpl-{self.number}", "object": kind, "created": 1_764_000_000, "model": self.model}

    def on_the_wire(self, call):
        call = json.loads(json.dumps(call))
        if self.turn.omit_ids:
            del call["id"]
        if self.turn.arguments_as_object:
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
        return call

    def whole(self):
        message = self.message()
        if "tool_calls" in message:
            message["tool_calls"] = [self.on_the_wire(call) for call in message["tool_calls"]]
        return {**self.base("chat.completion"), "usage": self.usage_json(),
                "choices": [{"index": 0, "finish_reason": self.finish_reason(), "message": message}]}

    def chunk(self, delta, reason=None):
        return None, {**self.base("chat.completion.chunk"),
                      "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], "usage": None}

    def events(self):
        message = self.message()
        yield self.chunk({"role": "assistant", "content": None})
        for piece in pieces(message.get("reasoning_content", "")):
            yield self.chunk({"reasoning_content": piece})
        for piece in pieces(message["content"]):
            yield self.chunk({"content": piece})
        if "refusal" in message:
            yield self.chunk({"refusal": message["refusal"]})
        for index, call in enumerate(message.get("tool_calls", [])):
            call = self.on_the_wire(call)
            function = call["function"]
            if self.turn.arguments_as_object:
                yield self.chunk({"tool_calls": [{"index": index, **call}]})
                continue
            yield self.chunk({"tool_calls": [{"index": index, **call, "function": {"name": function["name"], "arguments": ""}}]})
            for piece in pieces(function["arguments"]):
                yield self.chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
        yield self.chunk({}, self.finish_reason())
        if self.request.body.get("stream_options", {}).get("include_usage"):
            yield None, {**self.base("chat.completion.chunk"), "choices": [], "usage": self.usage_json()}
        yield None, "[DONE]"

    def echo(self):
        message = self.message()
        if self.turn.fault == "length_in_call":
            del message["tool_calls"][-1]
            if not message["tool_calls"]:
                del message["tool_calls"]
        has_something = message.get("content") or message.get("tool_calls") or message.get("refusal")
        if self.turn.omit_ids or not has_something:
            return []  # the program makes ids up
        return [message]


class MessagesAnswer(Answer):
    def blocks(self):
        turn, blocks = self.turn, []
        if turn.thinking or turn.fault == "length":
            blocks.append({"type": "thinking", "thinking": turn.thinking or "Thinking",
                           "signature": "" if turn.fault == "length" else f"sig{self.number}" + "s" * 100})
        if self.text:
            blocks.append({"type": "text", "text": self.text})
        for identity, name, arguments in self.call_list():
            if turn.fault == "length_in_call" and identity == self.ids[-1]:
                arguments = arguments[:len(arguments) // 2]
            blocks.append({"type": "tool_use", "id": identity, "name": name, "input": arguments})
        return blocks

    def stop_reason(self):
        faults = {"length": "max_tokens", "length_in_call": "max_tokens", "refusal": "refusal", "content_filter": "refusal"}
        return faults.get(self.turn.fault, "tool_use" if self.calls else "end_turn")

    def usage_json(self):
        usage = self.usage
        return {"input_tokens": usage["input"] - usage["cached"] - usage["cache_written"],
                "cache_creation_input_tokens": usage["cache_written"], "cache_read_input_tokens": usage["cached"],
                "output_tokens": usage["output"], "output_tokens_details": {"thinking_tokens": usage["reasoning"]}}

    @staticmethod
    def with_input(block):
        if block["type"] != "tool_use":
            return block
        try:
            value = json.loads(block["input"])
        except ValueError:
            value = {}
        return {**block, "input": value if isinstance(value, dict) else {}}

    def message(self, blocks):
        return {"id": f"msg_{self.number}", "type": "message", "role": "assistant", "model": self.model, "content": blocks,
                "stop_reason": self.stop_reason(), "stop_sequence": None, "usage": self.usage_json()}

    def whole(self):
        return self.message([self.with_input(block) for block in self.blocks()])

    def events(self):
        start = {**self.message([]), "stop_reason": None, "usage": {**self.usage_json(), "output_tokens": 1}}
        yield "message_start", {"type": "message_start", "message": start}
        yield "ping", {"type": "ping"}
        for index, block in enumerate(self.blocks()):
            empty = {"thinking": {"thinking": "", "signature": ""}, "text": {"text": ""}, "tool_use": {"input": {}}}[block["type"]]
            yield "content_block_start", {"type": "content_block_start", "index": index, "content_block": {**block, **empty}}
            key, kind = {"thinking": ("thinking", "thinking_delta"), "text": ("text", "text_delta"),
                         "tool_use": ("partial_json", "input_json_delta")}[block["type"]]
            for piece in pieces(block["input"] if key == "partial_json" else block[key]):
                yield "content_block_delta", {"type": "content_block_delta", "index": index, "delta": {"type": kind, key: piece}}
            if block.get("signature"):
                yield "content_block_delta", {"type": "content_block_delta", "index": index,
                                              "delta": {"type": "signature_delta", "signature": block["signature"]}}
            yield "content_block_stop", {"type": "content_block_stop", "index": index}
        yield "message_delta", {"type": "message_delta", "delta": {"stop_reason": self.stop_reason(), "stop_sequence": None},
                                "usage": {"output_tokens": self.usage["output"]}}
        yield "message_stop", {"type": "message_stop"}

    def echo(self):
        if self.turn.fault == "length":
            return []
        blocks = self.blocks()
        if self.turn.fault == "length_in_call":
            blocks = blocks[:-1]
        return [self.with_input(block) for block in blocks]


ANSWERS = {"openai": ResponsesAnswer, "chat": ChatAnswer, "anthropic": MessagesAnswer}


def error_body(protocol, kind, code, message, parameter=None):
    if protocol == "anthropic":
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return {"error": {"message": message, "type": kind, "param": parameter, "code": code}}


# ---- The server

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
    if sys.argv[1:] == ["--check"]:
        print(json.dumps(schema_complaints(json.load(sys.stdin))))
    else:  # By hand: the address stays until Ctrl-C.
        with ScriptedProvider([], then=Turn(text="Hello.")) as by_hand:
            print(by_hand.settings())
            while True:
                time.sleep(1)

"""What goes out of the scripted provider: turns of a script, in the words of each protocol, and the faults it can play."""
import json
from dataclasses import dataclass, field

KEY = "sk-test-canary-key-7f3a"

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

"""What comes in at the scripted provider: a request as scripts see it, and what the published schemas and the providers' rules
say of it."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
EFFORTS_OF_GPT_5_2 = ("none", "low", "medium", "high", "xhigh")


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
        if effort is None:
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


def common_prefix(one, other):
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


if __name__ == "__main__" and sys.argv[1:] == ["--check"]:
    print(json.dumps(schema_complaints(json.load(sys.stdin))))

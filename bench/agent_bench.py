#!/usr/bin/env python3
"""What a run with a language model costs: in tokens, against a loop that resends everything, and in time.

    bench/agent_bench.py [INSIGHTS]         INSIGHTS: the program, built as a release

A scripted provider answers at once over real HTTP. Fifteen steps, two queries each: a listing of rows and an aggregate, as
models like to ask. Printed are
  prefix     of each request the share of the one before it that stands unchanged at its beginning (target: >= 95 %)
  tokens     input tokens of all requests (bytes / 4), against a loop that says the same but sends the whole results, up to
             1,000 rows of JSON each, again with every request (target: at most a third)
  time       the program's own: all that is not waiting for the provider, which answers in no time (target: 15 steps on the
             sample in under 3 s), and where it went
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
PROGRAM = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/src/cli/insights")
from scripted_provider import ScriptedProvider, Turn  # noqa: E402

STEPS = 15
ROWS_OF_A_NAIVE_LOOP = 1000
SAMPLE = ROOT / "examples/primary_sales/primary_sales.csv"


def sql(text):
    return ("execute_sql", {"sql": text})


def program(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(f"{arguments}: {done.stderr}")
    return done.stdout


def explored(location, queries, *arguments, protocol="openai"):
    """The report, the provider, and when each request came, from the start."""
    came = []

    def turn(request):
        came.append(time.monotonic())
        step = len(came) - 1
        return Turn(calls=[sql(query) for query in queries[step]])

    with tempfile.TemporaryDirectory() as folder, ScriptedProvider(turn) as provider:
        config = pathlib.Path(folder) / "insights.toml"
        config.write_text(f'analyst = "llm"\nstore = "{folder}/runs/state.db"\n' + provider.settings(protocol))
        start = time.monotonic()
        report = json.loads(program("explore", location, "--config", config, "--format", "json", "--quiet", *arguments))
        end = time.monotonic()
    if provider.problems:
        raise SystemExit("\n".join(provider.problems))
    return report, provider, [moment - start for moment in came], end - start


def naive_tokens(location, queries, provider):
    """Input tokens of a loop that holds the same prompt and says the same, with whole results in every request."""
    first = len(provider.requests[0].raw)
    held, total = 0, 0
    for step in range(STEPS):
        total += first + held
        for query in queries[step]:
            rows = program("query", location, query, "--json", "--rows", ROWS_OF_A_NAIVE_LOOP, "--quiet")
            held += len(json.dumps(json.loads(rows), separators=(",", ":"), ensure_ascii=False).encode()) + len(query)
    return total // 4


def tokens():
    with tempfile.TemporaryDirectory() as folder:
        program("generate", "--rows", 10000, "--seed", 7, "--output", folder, "--quiet")
        location = next(pathlib.Path(folder, "data").glob("invoices*.csv"))
        table = location.stem
        names = location.open(encoding="utf-8").readline().strip().split(",")
        grouping = names[1:9]
        queries = [[f"SELECT * FROM {table} ORDER BY {names[0]}, {grouping[step % len(grouping)]} LIMIT {ROWS_OF_A_NAIVE_LOOP - step}",
                    f"SELECT {grouping[step % len(grouping)]}, {step} AS step, count(*) AS n FROM {table} GROUP BY 1 ORDER BY n DESC, 1"]
                   for step in range(STEPS)]
        report, provider, _, _ = explored(location, queries)
        ours = sum(len(request.raw) for request in provider.requests) // 4
        naive = naive_tokens(location, queries, provider)
    use = report["llm"]
    print(f"prefix   least {100 * min(provider.prefix_shares):.2f} % over {len(provider.requests)} requests (target >= 95 %)")
    print(f"tokens   {ours:,} of input, against {naive:,} of a loop that resends whole results: {ours / naive:.3f} (target <= 0.333)")
    print(f"         billed: {use['input_tokens']:,} of input, {100 * use['cached_tokens'] / use['input_tokens']:.0f} % of it cached, "
          f"${use['usd']:.3f}")


def seconds():
    queries = [[f"SELECT region, {step} AS step, count(*) AS n, sum(nsv2) AS net FROM primary_sales GROUP BY region ORDER BY region",
                f"SELECT * FROM primary_sales ORDER BY id, quantity + {step}"] for step in range(STEPS)]
    report, _, came, wall = explored(SAMPLE, queries)
    steps = [after - before for before, after in zip(came, came[1:])]
    alone = time.monotonic()
    program("explore", SAMPLE, "--format", "json", "--quiet")
    alone = time.monotonic() - alone
    print(f"time     {wall:.2f} s for {report['llm']['iterations']} steps on the sample (target < 3 s); without a model {alone:.2f} s")
    print(f"         {came[0]:.2f} s to the first request: opening, the statistical analyst, proving its leads, the prompt")
    print(f"         {sum(steps):.2f} s between requests: {1000 * sum(steps) / len(steps):.0f} ms a step for two queries in the worker, "
          "the journal, HTTP and the provider")
    print(f"         {wall - came[-1]:.2f} s after the last: its answers, proofs a second time, the report")


if __name__ == "__main__":
    tokens()
    seconds()

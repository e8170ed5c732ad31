#!/usr/bin/env python3
"""Judges a corpus of statements through `insights query --check --jsonl`, and runs what passes on the real engines.

    bench/gate_corpus.py CORPUS.jsonl... [--no-run] [--postgres]   lines {"id", "dialect", "sql", "verdict", "stop_by"}
    bench/gate_corpus.py tests/guard/*.sqltest                     the project's own files

A verdict is allow, refuse, or mask: it passes, and a model sees tokens in place of some values. Where a corpus wants to know
only what passes (it has no "mask"), mask is as good as allow.
Prints every difference between the verdict wanted and given. Then runs: the honest DuckDB statements through `insights
query`; those marked "caps" that pass, which must end within 5 s and 1 GB with the next query answered; and with --postgres
the PostgreSQL ones on a server of its own (tests/postgres_server.py): the honest ones as the gate writes them anew, and
those marked "caps" through `insights query`, with the memory of the server's processes counted. INSIGHTS_BIN names the program. The exit code is 1 when anything differs or fails.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import postgres_server  # noqa: E402

PROGRAM = os.environ.get("INSIGHTS_BIN", str(ROOT / "build/release/src/cli/insights"))
REGIONS = ["North", "South", "East", "West"]
SECONDS_MAX, BYTES_MAX = 5, 1 << 30


def sqltest(path):
    """The statements of a .sqltest file, which are parted by blank lines."""
    verdict, cases = None, []
    for number, block in enumerate(path.read_text(encoding="utf-8").split("\n\n")):
        lines = block.strip("\n").split("\n")
        while lines and lines[0].startswith(("#", "@")):
            if lines[0].startswith("@"):
                verdict = lines[0][1:].split()
            lines.pop(0)
        sql = "\n".join(lines)
        if sql.strip():
            cases.append({"id": f"{path.stem}:{number}", "dialect": verdict[0], "verdict": verdict[1], "sql": sql,
                          "class": verdict[2] if len(verdict) > 2 else "", "stop_by": "parser"})
    return cases


def read_cases(paths):
    for path in map(pathlib.Path, paths):
        lines = path.read_text(encoding="utf-8").splitlines()
        cases = sqltest(path) if path.suffix == ".sqltest" else list(map(json.loads, lines))
        of_persons = any(case["verdict"] == "mask" for case in cases)
        yield from ({**case, "of_persons": of_persons} for case in cases)


def write_tables(folder):
    """The tables of tests/guard/schema.sql, as CSV."""
    rows = {
        "sales": [("invoice_no,invoice_date,customer_id,customer_name,region,product_id,product_name,plant,batch_id,"
                   "transaction_type,quantity,gsv,nsv1,nsv2,discount_pct").split(",")] +
        [[f"I{i // 2}", f"202{3 + i % 2}-{1 + i % 12:02}-{1 + i % 28:02}", i % 40, f"Customer {i % 40}", REGIONS[i % 4], i % 30,
          f"Prod-{i % 30} old", f"P{i % 3}", f"B{i % 99}", "RETURN" if i % 9 == 0 else "SALE", 1 + i % 20, 10.5 + i * 31 % 990,
          9.5 + i * 29 % 900, 8.5 + i * 23 % 800, i % 25] for i in range(2000)],
        "customers": [["id", "name", "email", "region", "segment"]] +
        [[i, f"Customer {i}", f"c{i}@example.com", REGIONS[i % 4], "AB"[i % 2]] for i in range(40)],
        "update_log": [["id", "update_date", "deleted_flag"]] +
        [[i, f"2024-{1 + i % 12:02}-{1 + i % 28:02}", "true" if i % 3 == 0 else "false"] for i in range(200)],
        "regions": [["region"]] + [[region] for region in REGIONS],
        "order": [["id", "parent_id", "name", "select", "from", "group", "user", "Größe"]] +
        [[i, i // 3 or "", f"o{i}", f"s{i % 3}", "f", i, "u", i / 2 + 0.25] for i in range(1, 31)],
    }
    for name, lines in rows.items():
        text = "".join(",".join(str(cell) for cell in line) + "\n" for line in lines)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, errors="replace", **options)


def judge(cases, tables):
    lines = "".join(json.dumps({key: case[key] for key in ("id", "dialect", "sql")}) + "\n" for case in cases)
    started = time.monotonic()
    done = run("query", tables, "--check", "--jsonl", "--quiet", input=lines)
    print(f"judged {len(cases)} statements in {time.monotonic() - started:.2f} s, opening the source included")
    return {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}


def show(what, case, why):
    print(f"{what} {case['id']} [{case.get('class', '')}] {' '.join(case['sql'].split())[:160]} | {why}")


def compare(cases, answers):
    wrong = 0
    for case in cases:
        answer = answers.get(case["id"], {"verdict": "none", "reason": "no answer"})
        may_pass = case["verdict"] == "refuse" and case.get("stop_by") == "caps"
        given = "allow" if answer["verdict"] == "mask" and not case["of_persons"] else answer["verdict"]
        if given != case["verdict"] and not may_pass:
            show("DIFFERS", case, f"wanted {case['verdict']}: {answer['reason']}")
            wrong += 1
    return wrong


def run_duckdb(cases, tables):
    failed = 0
    for case in cases:
        done = run("query", tables, "--quiet", "--rows", 20, case["sql"])
        if done.returncode != 0:
            show("FAILED", case, done.stderr.strip().replace("\n", " "))
            failed += 1
    print(f"ran {len(cases)} honest statements on DuckDB, {failed} failed")
    return failed


def bomb_ends(case, location, server=None):
    """Whether it ends in its time and memory, the server's included, and the next query is answered."""
    started = time.monotonic()
    process = subprocess.Popen([PROGRAM, "query", str(location), "--quiet", "--query-timeout", "3", "--", case["sql"]],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    before = resident_bytes(server) if server else 0
    highest = 0
    while process.poll() is None and time.monotonic() - started < 20:
        highest = max(highest, resident_bytes(process.pid), resident_bytes(server) - before if server else 0)
        time.sleep(0.02)
    seconds = time.monotonic() - started
    if process.poll() is None:
        process.kill()
    words = process.stderr.read().strip().replace("\n", " ")
    after = run("query", location, "--quiet", "SELECT 1")
    good = seconds <= SECONDS_MAX and highest <= BYTES_MAX and after.returncode == 0 and process.returncode in (0, 1, 3)
    show("ended" if good else "FAILED", case, f"{seconds:.1f} s, {highest >> 20} MB, exit {process.returncode}: {words[:120]}")
    return good


def resident_bytes(pid):
    """Of a process and its children."""
    total = 0
    try:
        total += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += resident_bytes(int(child))
    except (OSError, IndexError):
        pass
    return total


def run_postgres(honest, bombs, tables):
    """On a server of our own, by a role that may read and nothing else."""
    failed = 0
    server = postgres_server.Server()
    try:
        server.sql("", file=ROOT / "tests/guard/schema.sql")
        server.sql("CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        for case in honest:
            judged = run("query", tables, "--check", "--json", "--quiet", "--dialect", "postgres", "--", case["sql"])
            statement = json.loads(judged.stdout).get("sql", "")
            for kind, text in (("as written", case["sql"]), ("as written anew", statement)):
                try:
                    server.sql("SET statement_timeout = '20s';\n" + text)
                except RuntimeError as error:
                    show(f"FAILED {kind}", case, str(error).strip().replace("\n", " "))
                    failed += 1
        print(f"ran {len(honest)} honest statements on PostgreSQL, {failed} failures")
        url = server.url(user="reader", password="reader")
        for case in bombs:
            failed += not bomb_ends(case, url, server.process.pid)
    finally:
        server.remove()
    return failed


def main():
    flags = {word for word in sys.argv[1:] if word.startswith("--")}
    paths = [word for word in sys.argv[1:] if not word.startswith("--")]
    cases = [case for case in read_cases(paths) if case["dialect"] != "trino"]
    with tempfile.TemporaryDirectory(prefix="gate-corpus-") as folder:
        tables = pathlib.Path(folder)
        write_tables(tables)
        answers = judge(cases, tables)
        wrong = compare(cases, answers)
        passed = [case for case in cases if answers.get(case["id"], {}).get("verdict") in ("allow", "mask")]
        honest = [case for case in passed if case["verdict"] in ("allow", "mask")]
        bombs = [case for case in passed if case.get("stop_by") == "caps"]
        print(f"{len(cases)} cases, {wrong} differ from what is wanted")
        if "--no-run" not in flags:
            wrong += run_duckdb([case for case in honest if case["dialect"] in ("duckdb", "any")], tables)
            wrong += sum(not bomb_ends(case, tables) for case in bombs if case["dialect"] == "duckdb")
        if "--postgres" in flags:
            wrong += run_postgres([case for case in honest if case["dialect"] in ("postgres", "any")],
                                  [case for case in bombs if case["dialect"] == "postgres"], tables)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Holds src/ to its own map.

src/CMakeLists.txt lists the rooms in reading order, and what each may use. This fails, naming file and line, when
  - a file includes a room that its room does not list in USES, or USES names a room that does not stand above;
  - a JSON library or DuckDB's interface is included in a room where it does not belong;
  - a header lacks #pragma once, a file does not open its room's namespace, or has more than 500 lines;
  - a name says nothing (utils, helper, manager ...);
  - a TRY that may leave stands in a braced initializer behind another element: g++ 12 forgets to destroy what stands before it;
  - the engine knows the example data: a column or a value of examples/primary_sales stands in src/ (tests may name them).
How long a function is, clang-tidy says (readability-function-size).
"""

import csv
import re
import sys
from pathlib import Path

LINES_MAX = 500
JSON_ROOMS = {"config", "catalog", "report", "score", "cli", "llm", "store", "server"}
JSON_FILES = {"sql/syntax_tree.cpp",  # the engines' parsers hand their trees over as JSON
              "tools/arguments.cpp",  # what a tool is called with
              "agent/record.cpp"}     # what a run's journal holds
DUCKDB_ROOMS = {"sql", "source"}
EMPTY_WORDS = {"util", "utils", "utility", "utilities", "helper", "helpers", "common", "manager", "managers", "misc", "impl"}
EMPTY_TYPE = re.compile(r"\b(?:class|struct|namespace)\s+(\w*(?:Util|Utils|Utility|Helper|Helpers|Common|Manager|Impl))\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
LATE_TRY = re.compile(r"(?<!\w)(?!else\b|do\b|try\b|const\b|noexcept\b|mutable\b)(?:return\s+|\w+\s*)\{[^{};]*,[^{};]*\bTRY\(")
PLAIN_WORDS = {"id", "region", "quantity", "plant", "Export"}  # Names in the example that are everyone's words.


def read_map(text):
    """The rooms of src/CMakeLists.txt, in order: name -> list of the rooms it uses."""
    text = re.sub(r"#.*", "", text)
    rooms = {}
    for call in re.finditer(r"\broom\s*\(([^()]*)\)", text):
        words = call.group(1).split()
        key, uses = "", []
        for word in words[1:]:
            if word in ("SOURCES", "USES", "LIBRARIES", "TESTS"):
                key = word
            elif key == "USES":
                uses.append(word)
        rooms[words[0]] = uses
    return rooms


def check_map(rooms):
    above = []
    for room, uses in rooms.items():
        for used in uses:
            if used not in above:
                yield f"src/CMakeLists.txt: room {room} uses {used}, which does not stand above it"
        above.append(room)
    if not rooms:
        yield "src/CMakeLists.txt: no rooms found"


def check_code(path, name, text, rooms):
    """One .h or .cpp file of a room; name is its path below src/."""
    room = name.split("/")[0]
    where = f"src/{name}"
    lines = text.splitlines()
    is_test = name.endswith("_test.cpp")
    if room not in rooms:
        yield f"{where}: src/CMakeLists.txt has no room {room}"
        return
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if include:
            yield from check_include(f"{where}:{number}", room, *include.groups(), rooms)
        empty = EMPTY_TYPE.search(line)
        if empty:
            yield f"{where}:{number}: the name {empty.group(1)} says nothing; name the concept"
    without_comments = re.sub(r"//[^\n]*", "", text)
    for late in LATE_TRY.finditer(without_comments):
        line = without_comments.count("\n", 0, late.start()) + 1
        yield f"{where}:{line}: a TRY behind another element of an initializer leaks what stands before it: give its value a name first"
    if len(lines) > LINES_MAX:
        yield f"{where}: {len(lines)} lines; more than {LINES_MAX}: split it by concept"
    if EMPTY_WORDS & set(path.stem.lower().split("_")):
        yield f"{where}: the file's name says nothing; name the concept"
    if path.suffix == ".h" and "#pragma once" not in lines:
        yield f"{where}: #pragma once is missing"
    if not is_test and path.name != "main.cpp" and not re.search(rf"^namespace insights::{room}(::\w+)* {{", text, re.MULTILINE):
        yield f"{where}: does not open namespace insights::{room}"


def check_include(where, room, bracket, target, rooms):
    is_json_file = where.removeprefix("src/").split(":")[0] in JSON_FILES
    if target.startswith("nlohmann/") and room not in JSON_ROOMS and not is_json_file:
        yield f"{where}: JSON is read and written at the doors only ({', '.join(sorted(JSON_ROOMS))})"
    if target in ("duckdb.h", "duckdb.hpp") and room not in DUCKDB_ROOMS:
        yield f"{where}: DuckDB is known to {', '.join(sorted(DUCKDB_ROOMS))} only"
    if bracket == "<":
        return
    used = target.split("/")[0]
    if target == "duckdb.h" or used == room:
        return
    if used not in rooms or "/" not in target:
        yield f'{where}: "{target}" is not in a room; our headers are included as "room/file.h", others with <>'
    elif used not in rooms[room]:
        yield f"{where}: room {room} may not include {target}: {used} is not in its USES in src/CMakeLists.txt"


def example_words(folder):
    """What the engine must not know: columns and values of the example table, but for plain words and numbers."""
    words = set()
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    # Of "GHI Service Center" both the whole and GHI, which nothing else could mean.
                    parts = [part for part in cell.split() if re.fullmatch(r"[A-Z0-9-]*[A-Z][A-Z0-9-]*", part)]
                    words.update(word for word in [cell, *parts] if len(word) >= 3 and not re.fullmatch(r"[-+.\d]*", word) or
                                 re.fullmatch(r"\d{4}-\d\d-\d\d", word))
    return words - PLAIN_WORDS


def check_example(where, text, pattern):
    for number, line in enumerate(text.splitlines(), 1):
        for found in pattern.finditer(line):
            yield f"{where}:{number}: '{found.group()}' is a name of the example data; the engine must not know it"


def check(root):
    source = root / "src"
    rooms = read_map((source / "CMakeLists.txt").read_text(encoding="utf-8"))
    yield from check_map(rooms)
    words = example_words(root / "examples" / "primary_sales")
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    pattern = re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])") if words else re.compile(r"(?!)")
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        name = path.relative_to(source).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # Not text.
        if path.suffix in (".h", ".cpp"):
            yield from check_code(path, name, text, rooms)
        if not name.endswith("_test.cpp"):
            yield from check_example(f"src/{name}", text, pattern)
    if not words:
        print("rooms: examples/primary_sales is not there: its names were NOT looked for", file=sys.stderr)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    problems = list(check(root))
    for problem in problems:
        print(problem)
    print(f"rooms: {len(problems)} problems" if problems else "rooms: in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""check_rooms.py finds what it is there to find, in a small tree made for each case."""

import tempfile
import unittest
from pathlib import Path

import check_rooms

MAP = """
# room(not_a_room) in a comment
room(base
  LIBRARIES fmt::fmt)
room(stats USES base)
room(sql USES base LIBRARIES duckdb::duckdb)
room(report USES base stats)
"""
EXAMPLE = "id,customer_code,name,nsv2,region,batch,day\n1,CUST004,GHI Service Center,56400,North,Plant-C,2025-08-01\n"


def code(room, body="", pragma=True):
    return ("#pragma once\n" if pragma else "") + body + f"\nnamespace insights::{room} {{\n}}\n"


class CheckRooms(unittest.TestCase):
    def problems(self, files, rooms=MAP):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {"src/CMakeLists.txt": rooms, "examples/primary_sales/primary_sales.csv": EXAMPLE, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return list(check_rooms.check(root))

    def assert_one(self, files, words, rooms=MAP):
        problems = self.problems(files, rooms)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(words, problems[0])

    def test_a_try_behind_another_element_of_an_initializer_is_found(self):
        self.assert_one({"src/stats/a.cpp": code("stats", "Pair p{first, TRY(second())};", pragma=False)}, "leaks")
        for fine in ("Pair p{TRY(first()), 3};", "void f() {\n  call(a, TRY(b()));\n}", "Result<int> f() const {\n  g(a, TRY(b()));\n}"):
            with self.subTest(fine):
                self.assertEqual(self.problems({"src/stats/a.cpp": code("stats", fine, pragma=False)}), [])

    def test_good_rooms_pass(self):
        self.assertEqual(self.problems({
            "src/base/result.h": code("base"),
            "src/stats/moments.h": code("stats", '#include "base/result.h"\n#include <vector>\n'),
            "src/sql/parse.cpp": code("sql", "#include <duckdb.h>\n", pragma=False),
            "src/report/json.cpp": code("report", '#include <nlohmann/json.hpp>\n#include "report/json.h"\n', pragma=False),
            "src/report/json_test.cpp": "// Looks for CUST004.\n",
        }), [])

    def test_an_include_that_uses_does_not_list(self):
        self.assert_one({"src/sql/parse.h": code("sql", '#include "stats/moments.h"\n')}, "stats is not in its USES")

    def test_an_include_against_the_direction(self):
        self.assert_one({"src/base/result.h": code("base", '#include "report/json.h"\n')},
                        "base may not include report/json.h")

    def test_an_include_that_names_no_room(self):
        self.assert_one({"src/sql/parse.cpp": code("sql", '#include "parse.h"\n')}, "is not in a room")

    def test_uses_of_a_room_below(self):
        self.assert_one({}, "uses stats, which does not stand above it", rooms="room(base USES stats)\nroom(stats)")

    def test_a_folder_that_is_no_room(self):
        self.assert_one({"src/attic/old.h": code("attic")}, "no room attic")

    def test_json_inside(self):
        self.assert_one({"src/stats/moments.h": code("stats", "#include <nlohmann/json.hpp>\n")}, "at the doors only")

    def test_duckdb_outside(self):
        self.assert_one({"src/stats/moments.h": code("stats", "#include <duckdb.h>\n")}, "DuckDB is known to")

    def test_pragma_once(self):
        self.assert_one({"src/stats/moments.h": code("stats", pragma=False)}, "#pragma once")

    def test_namespace(self):
        self.assert_one({"src/stats/moments.h": code("sql")}, "does not open namespace insights::stats")

    def test_length(self):
        self.assert_one({"src/stats/moments.h": code("stats", "//\n" * 500)}, "more than 500")

    def test_empty_names(self):
        self.assert_one({"src/stats/string_utils.h": code("stats")}, "file's name says nothing")
        self.assert_one({"src/stats/moments.h": code("stats", "class RunManager;\n")}, "RunManager says nothing")

    def test_the_example_is_not_known(self):
        for word in ("customer_code", "nsv2", "CUST004", "GHI", "GHI Service Center", "Plant-C", "North", "2025-08-01"):
            self.assert_one({"src/stats/moments.h": code("stats", f"// {word}\n")}, f"'{word}' is a name of the example")
            self.assert_one({"src/stats/words.toml": f'a = "{word}"\n'}, f"'{word}' is a name of the example")

    def test_words_that_only_look_like_the_example(self):
        self.assertEqual(self.problems({"src/stats/moments.h": code("stats", "// id region nsv20 Northern 56400\n")}), [])


if __name__ == "__main__":
    unittest.main()

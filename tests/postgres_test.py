"""A real PostgreSQL server: the same findings as from the file, roles that may do too much, and what goes wrong."""
import csv
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import unittest

import postgres_server
from journey import PROGRAM, SAMPLE, SHARED, Journey, explore, headline, needs_shared, run

SERVER = None
READER = "insights_reader"


def setUpModule():
    global SERVER
    if postgres_server.programs() is None:
        print("SKIPPED: no PostgreSQL server is installed (Debian: apt-get install postgresql)", file=sys.stderr)
        raise unittest.SkipTest("no PostgreSQL server is installed")
    SERVER = postgres_server.Server()
    unittest.addModuleCleanup(lambda: SERVER.remove())
    database("sales", SAMPLE / "primary_sales.sql")


def database(name, script=None, options=""):
    """A database of that name with the tables of a script, and our own role in it."""
    SERVER.sql(f'CREATE DATABASE "{name}" {options}')
    if script is not None:
        SERVER.sql("", name, file=script)
    grant(name)


def grant(name):
    """Runs the script that the program writes; it makes the role, or fails there because it is known already."""
    done = run("doctor", "--role-sql", SERVER.url(name))
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    known = SERVER.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{READER}'").strip()
    script = re.sub(r"CREATE ROLE [^;]*;", "", done.stdout) if known else done.stdout
    SERVER.sql(script, name)
    SERVER.sql(f"ALTER ROLE {READER} PASSWORD 'reader'")


def reader(name):
    return SERVER.url(name, READER, "reader")


def said(report):
    """What a reader of the report reads, finding by finding."""
    return [(f["title"], f["summary"], f["action"], f["strength"], {name: value["text"] for name, value in f["values"].items()})
            for f in report["findings"]]


class TheSample(Journey):
    def test_the_findings_are_those_of_the_file_to_the_letter(self):
        metadata = ("--metadata", SAMPLE / "metadata")
        here, there = explore(SAMPLE / "primary_sales.csv", *metadata), explore(reader("sales"), *metadata)
        self.assertEqual(said(there), said(here))
        self.assertTrue(all(e["dialect"] == "postgres" for f in there["findings"] for e in f["evidence"]))
        for part in ("GHI Service Center", "BATCH009", "MNO Wholesale", "North"):
            self.assertTrue(any(part in headline(f) for f in there["findings"][:10]), part)

    def test_the_source_is_named_by_the_environment_too_and_no_password_is_told(self):
        url = reader("sales").replace("reader@", "s3cret-canary@")
        SERVER.sql("CREATE ROLE other LOGIN PASSWORD 's3cret-canary' IN ROLE insights_reader")
        url = SERVER.url("sales", "other", "s3cret-canary")
        done = run("explore", "--verbose", "--format", "json", environment={"DATABASE_URL": url})
        self.assertEqual(done.returncode, 0, done.stderr)
        doctor = run("doctor", "--json", url)
        self.assertEqual(doctor.returncode, 0, doctor.stdout)
        for text in (done.stdout, done.stderr, doctor.stdout, doctor.stderr):
            self.assertNotIn("s3cret-canary", text)

    def test_a_report_verifies_and_data_that_changed_is_told(self):
        report = self.folder / "report.json"
        done = run("explore", reader("sales"), "--metadata", SAMPLE / "metadata", "--quiet", "--output", report)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run("verify", report, reader("sales"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("The data is what the report was made from", done.stdout)
        done = run("verify", report, environment={"PGPASSWORD": "reader"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        SERVER.sql("UPDATE primary_sales SET quantity = quantity + 1 WHERE batch_number = 'BATCH009'", "sales")
        done = run("verify", report, reader("sales"))
        SERVER.sql("UPDATE primary_sales SET quantity = quantity - 1 WHERE batch_number = 'BATCH009'", "sales")
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)

    def test_a_changed_digit_is_wrong(self):
        report = self.folder / "report.json"
        done = run("explore", reader("sales"), "--metadata", SAMPLE / "metadata", "--quiet", "--output", report)
        self.assertEqual(done.returncode, 0, done.stderr)
        saved = json.loads(report.read_text())
        row = saved["findings"][0]["evidence"][0]["rows"][0]
        place = next(i for i, cell in enumerate(row) if isinstance(cell, (int, float)) and not isinstance(cell, bool))
        row[place] += 1
        report.write_text(json.dumps(saved))
        done = run("verify", report, reader("sales"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_the_evidence_runs_as_it_is_printed(self):
        for finding in explore(reader("sales"))["findings"]:
            for evidence in finding["evidence"]:
                SERVER.sql(evidence["sql"], "sales")


class Roles(Journey):
    def refused(self, url, *parts):
        done = run("explore", url)
        self.assertEqual(done.returncode, 3, done.stderr)
        for part in (*parts, "--role-sql", "--allow-privileged-role"):
            self.assertIn(part, done.stderr)

    def test_a_superuser_is_refused_with_the_way_out(self):
        self.refused(SERVER.url("sales"), "superuser")

    def test_those_who_insist_are_told_in_the_report(self):
        report = explore(SERVER.url("sales"), "--allow-privileged-role")
        self.assertTrue(any("superuser" in note for note in report["notes"]), report["notes"])

    def test_what_a_role_may_do_too_much_is_named(self):
        cases = {
            "inserter": ("GRANT INSERT ON primary_sales TO {0}", "may write to public.primary_sales"),
            "column_updater": ("GRANT UPDATE (quantity) ON primary_sales TO {0}", "may write to public.primary_sales"),
            "creator": ("GRANT CREATE ON SCHEMA public TO {0}", "may create in schema public"),
            "schema_maker": ("GRANT CREATE ON DATABASE sales TO {0}", "may create schemas in database sales"),
            "file_reader": ("GRANT pg_read_server_files TO {0}", "pg_read_server_files"),
            "program_runner": ("GRANT pg_execute_server_program TO {0}", "pg_execute_server_program"),
            "role_maker": ("ALTER ROLE {0} CREATEROLE", "may create roles"),
            "replicator": ("ALTER ROLE {0} REPLICATION", "may replicate"),
            "rls_bypasser": ("ALTER ROLE {0} BYPASSRLS", "bypasses row-level security"),
            "by_membership": ("CREATE ROLE admin CREATEDB; GRANT admin TO {0}", "may become admin, which may create databases"),
            "owner_of": ("CREATE SCHEMA mine AUTHORIZATION {0}; CREATE TABLE mine.t (a int); ALTER TABLE mine.t OWNER TO {0}", "owns mine.t"),
        }
        for name, (change, says) in cases.items():
            with self.subTest(name):
                SERVER.sql(f"CREATE ROLE {name} LOGIN PASSWORD 'reader' IN ROLE {READER}; " + change.format(name), "sales")
                self.refused(SERVER.url("sales", name, "reader"), says)
        SERVER.sql("DROP SCHEMA mine CASCADE", "sales")

    def test_the_second_wall_of_the_script_can_be_put_up(self):
        database("walled", SAMPLE / "primary_sales.sql")
        script = run("doctor", "--role-sql", SERVER.url("walled")).stdout
        second = "\n".join(line[4:] for line in script.splitlines() if line.startswith("--+ "))
        SERVER.sql(second, "walled")
        self.assertGreater(len(explore(reader("walled"))["findings"]), 0)

    def test_the_script_without_a_server_is_a_template(self):
        done = run("doctor", "--role-sql", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('GRANT CONNECT ON DATABASE "DATABASE" TO insights_reader;', done.stdout)


@needs_shared("bench/databases/northwind.sql")
class OthersDatabases(Journey):
    @classmethod
    def setUpClass(cls):
        database("northwind", SHARED / "bench/databases/northwind.sql")
        SERVER.sql("", file=SHARED / "bench/databases/chinook_pg.sql")  # makes database chinook
        grant("chinook")
        SERVER.sql("CREATE DATABASE keyless TEMPLATE northwind")
        drops = SERVER.sql("SELECT format('ALTER TABLE %s DROP CONSTRAINT %I;', conrelid::regclass, conname) FROM pg_constraint "
                           "WHERE contype = 'f'", "keyless")
        SERVER.sql(drops, "keyless")
        grant("keyless")

    def joins(self, name):
        done = run("schema", reader(name), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return {(s["table"], j["from"], j["to_table"], j["to"], j["inferred"]) for s in json.loads(done.stdout)["subjects"] for j in s["joins"]}

    def test_joins_are_the_foreign_keys_and_say_so(self):
        joins = self.joins("northwind")
        self.assertIn(("orders", "customer_id", "customers", "customer_id", False), joins)
        self.assertIn(("order_details", "product_id", "products", "product_id", False), joins)
        self.assertIn(("invoice", "customer_id", "customer", "customer_id", False), self.joins("chinook"))

    def test_without_keys_they_are_inferred_and_say_so(self):
        joins = self.joins("keyless")
        self.assertIn(("orders", "customer_id", "customers", "customer_id", True), joins)
        self.assertIn(("order_details", "product_id", "products", "product_id", True), joins)

    def test_no_join_repeats_a_row(self):
        for name in ("northwind", "chinook", "keyless"):
            for table, _, to_table, to, _ in self.joins(name):
                unique = SERVER.sql(f'SELECT count(*) = count(DISTINCT "{to}") FROM "{to_table}"', name).strip()
                self.assertEqual(unique, "t", (name, table, to_table, to))
            for finding in explore(reader(name), "--top", "50")["findings"]:
                for evidence in finding["evidence"]:
                    joined = re.search(r'FROM ("public"\."(\w+)"(?: LEFT JOIN "public"\."\w+" AS "\w+" ON [^()]*? = [^ ()]+(?: COLLATE "C")?)+)', evidence["sql"])
                    if joined:
                        counts = SERVER.sql(f'SELECT (SELECT count(*) FROM {joined.group(1)}) = (SELECT count(*) FROM "{joined.group(2)}")', name)
                        self.assertEqual(counts.strip(), "t", evidence["sql"])

    def test_something_is_found_and_every_query_runs(self):
        for name in ("northwind", "chinook", "keyless"):
            report = explore(reader(name), "--top", "50")
            self.assertGreater(len(report["findings"]), 3, name)
            for finding in report["findings"]:
                for evidence in finding["evidence"]:
                    SERVER.sql(evidence["sql"], name)


def copy_of(file, table, name):
    """A database with the rows of a CSV file in one table, in an order of texts that is not that of their bytes."""
    SERVER.sql(f"CREATE DATABASE {name} LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0")
    with open(file, newline="") as lines:
        header, *body = csv.reader(lines)

    def type_of(values):
        for pattern, kind in ((r"-?(0|[1-9]\d*)", "bigint"), (r"-?\d+\.?\d*", "numeric"), (r"\d{4}-\d\d-\d\d", "date")):
            if all(re.fullmatch(pattern, value) for value in values if value):
                return kind
        return "text"
    columns = ", ".join(f'"{column}" {type_of(values)}' for column, values in zip(header, zip(*body)))
    SERVER.sql(f'CREATE TABLE "{table}" ({columns})', name)
    SERVER.sql(f"\\copy \"{table}\" FROM '{file}' WITH (FORMAT csv, HEADER)", name)


@needs_shared("bench/gen_sales.py")
class GeneratedSales(Journey):
    def test_planted_insights_are_those_of_the_file_to_the_letter(self):
        data = self.folder / "sales.csv"
        subprocess.run([sys.executable, str(SHARED / "bench/gen_sales.py"), "--rows", "10000", "--seed", "7", "--out", str(data), "--truth",
                        str(self.folder / "truth.json")], check=True)
        copy_of(data, "sales", "generated")
        grant("generated")
        here, there = explore(data, "--top", "50"), explore(reader("generated"), "--top", "50")
        self.assertGreater(len(here["findings"]), 3)
        self.assertEqual(said(there), said(here))
        self.assertEqual(there["counts"], here["counts"])


class NamesAndTypes(Journey):
    def test_times_with_a_zone_and_truth_values_carry_findings(self):
        SERVER.sql("CREATE DATABASE zoned")
        SERVER.sql("""
            CREATE TABLE orders (id int PRIMARY KEY, ordered_at timestamptz, customer text, late boolean, amount float8);
            INSERT INTO orders SELECT i, timestamptz '2023-01-01 23:30:00+05:30' + i * interval '2 hours', 'customer ' || i % 23,
              i % 23 = 5 AND i % 3 = 0, 10 + i % 17 FROM generate_series(1, 9000) i WHERE NOT (i % 23 = 7 AND i > 5000);
        """, "zoned")
        grant("zoned")
        findings = explore(reader("zoned"))["findings"]
        for part in ("customer 7", "customer 5"):
            self.assertTrue(any(part in headline(f) for f in findings), (part, [headline(f) for f in findings]))
        for finding in findings:
            for evidence in finding["evidence"]:
                SERVER.sql(evidence["sql"], "zoned")

    def test_tables_of_other_schemas_views_and_odd_types_are_read(self):
        SERVER.sql("CREATE DATABASE odd LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0")
        SERVER.sql('''
            CREATE SCHEMA "Big Sales"; CREATE SCHEMA other;
            CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
            CREATE DOMAIN code AS varchar(8);
            CREATE TABLE "Big Sales"."Order ""x""" (id serial PRIMARY KEY, "when" timestamptz, feeling mood, who uuid, paid money,
              kind char(5), note jsonb, tags text[], short code, ratio float8, far date, raw bytea, amount numeric);
            INSERT INTO "Big Sales"."Order ""x""" ("when", feeling, who, paid, kind, note, tags, short, ratio, far, raw, amount)
              SELECT timestamptz '2024-01-01 23:30:00-02' + i * interval '1 day', (ARRAY['sad', 'ok', 'happy'])[1 + i % 3]::mood,
                '00000000-0000-0000-0000-000000000001', i, 'ab', '{"a": 1}', ARRAY['x', 'y'], (ARRAY['b', 'A', 'a', 'B'])[1 + i % 4],
                CASE WHEN i % 50 = 0 THEN 'NaN'::float8 ELSE i END, CASE WHEN i % 40 = 0 THEN 'infinity'::date ELSE date '2024-01-01' + i END, '\\x00', i * 1.5
              FROM generate_series(1, 400) AS i;
            CREATE VIEW other.seen AS SELECT id, feeling FROM "Big Sales"."Order ""x""";
            CREATE TABLE other.parted (id int, day date) PARTITION BY RANGE (day);
            CREATE TABLE other.parted_1 PARTITION OF other.parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            INSERT INTO other.parted SELECT i, date '2024-01-01' + i % 300 FROM generate_series(1, 100) i;
            CREATE TABLE public.parted (a int); INSERT INTO parted VALUES (1), (2);
            CREATE MATERIALIZED VIEW other.summed AS SELECT day, count(*) AS n FROM other.parted GROUP BY 1;
            CREATE MATERIALIZED VIEW other.empty AS SELECT 1 AS a WITH NO DATA;
            COMMENT ON COLUMN "Big Sales"."Order ""x""".paid IS 'what was paid';
        ''', "odd")
        grant("odd")
        done = run("schema", reader("odd"), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        schema = json.loads(done.stdout)
        subjects = {s["table"]: s for s in schema["subjects"]}
        self.assertTrue({'Order "x"', "parted", "other.parted", "summed"} <= set(subjects), list(subjects))
        self.assertNotIn("parted_1", subjects)
        self.assertEqual((subjects["parted"]["rows"], subjects["other.parted"]["rows"]), (2, 100))
        columns = {c["name"]: c for c in subjects['Order "x"']["columns"]}
        self.assertNotIn("raw", columns)
        self.assertEqual(columns["paid"]["description"], "what was paid")
        self.assertEqual(columns["far"]["nulls"], 10)
        self.assertIn('COLLATE "C"', columns["short"]["sql"])
        for part in ("column raw was left out", "empty was left out", "10 dates outside"):
            self.assertTrue(any(part in note for note in schema["notes"]), (part, schema["notes"]))
        for finding in explore(reader("odd"), "--top", "50")["findings"]:
            for evidence in finding["evidence"]:
                SERVER.sql(evidence["sql"], "odd")


class WhatGoesWrong(Journey):
    """A clear error, a run that goes on or ends partial, and never a hang."""
    SECONDS = 90

    def run_while(self, url, during, *arguments):
        """Explores; calls `during` at once."""
        begun = time.monotonic()
        process = subprocess.Popen([PROGRAM, "explore", url, "--quiet", "--format", "json", *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        try:
            try:
                during()
            except AssertionError as error:
                process.kill()
                self.fail(f"{error}\n{process.communicate()}")
            out, err = process.communicate(timeout=self.SECONDS)
        finally:
            process.kill()
        self.assertLess(time.monotonic() - begun, self.SECONDS)
        return process.returncode, out, err

    def at_work(self, text):
        """Waits until the server runs a query of ours that holds the text."""
        for _ in range(400):
            if SERVER.sql(f"SELECT 1 FROM pg_stat_activity WHERE application_name = 'insights' AND state = 'active' AND query LIKE '%{text}%'"):
                return
            time.sleep(0.05)
        self.fail("the query never ran; the server's sessions:\n" + SERVER.sql(
            "SELECT application_name, state, left(query, 200) FROM pg_stat_activity WHERE backend_type = 'client backend'"))

    @classmethod
    def setUpClass(cls):
        SERVER.sql("CREATE DATABASE trouble")
        SERVER.sql("""
            CREATE TABLE fine (id int, day date, shop text, amount numeric);
            INSERT INTO fine SELECT i, date '2024-01-01' + i % 600, 'shop ' || i % 7, i % 100 FROM generate_series(1, 5000) i;
            CREATE VIEW a_slow AS SELECT id, pg_sleep(0.2)::text AS nothing FROM fine WHERE id <= 20;
            CREATE TABLE z_dropped (a int); INSERT INTO z_dropped VALUES (1), (2);
            CREATE TABLE z_renamed (a int); INSERT INTO z_renamed VALUES (1), (2);
        """, "trouble")
        grant("trouble")

    def test_wrong_password_database_host_and_port(self):
        cases = [(SERVER.url("trouble", READER, "wr0ng"), "password"), (SERVER.url("no_such", READER, "reader"), "does not exist"),
                 (reader("trouble").replace(f":{SERVER.port}", f":{postgres_server.free_port()}"), "running"),
                 ("postgres://a@no-such-host.invalid/x", "no-such-host.invalid")]
        for url, says in cases:
            with self.subTest(says):
                done = run("explore", url)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(says, done.stderr)
                self.assertNotIn("wr0ng", done.stderr)

    def test_dangerous_parts_of_a_url_are_refused(self):
        base = reader("trouble")
        for part in ("hostaddr=10.0.0.1", "service=x", "passfile=/etc/passwd", "sslkey=/etc/passwd", "options=-c%20x%3Dy", "host=/tmp"):
            with self.subTest(part):
                done = run("explore", f"{base}?{part}")
                self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(run("explore", "postgres:///trouble").returncode, 3)
        self.assertEqual(run("explore", base, SAMPLE / "primary_sales.csv").returncode, 1)

    def test_a_server_that_takes_no_more_connections(self):
        SERVER.sql(f"CREATE ROLE single LOGIN PASSWORD 'reader' CONNECTION LIMIT 0 IN ROLE {READER}")
        done = run("explore", SERVER.url("trouble", "single", "reader"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("too many connections", done.stderr)

    def test_a_table_dropped_and_a_column_renamed_after_the_catalog(self):
        def during():
            self.at_work("a_slow")
            SERVER.sql("DROP TABLE z_dropped; ALTER TABLE z_renamed RENAME a TO b", "trouble")
        code, out, err = self.run_while(reader("trouble"), during)
        self.assertEqual(code, 4, err)
        report = json.loads(out)
        self.assertTrue(any("z_dropped" in note and "does not exist" in note for note in report["notes"]), report["notes"])
        self.assertTrue(any("z_renamed" in note for note in report["notes"]), report["notes"])
        self.assertIn("fine", {table["name"] for table in report["tables"]})

    def test_connections_that_are_cut_are_made_anew(self):
        def during():
            for _ in range(3):
                self.at_work("a_slow")
                SERVER.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'insights' AND state = 'active'")
                time.sleep(0.3)
                break
        code, out, err = self.run_while(reader("trouble"), during)
        self.assertEqual(code, 0, err)
        self.assertIn("fine", {table["name"] for table in json.loads(out)["tables"]})

    def test_a_snapshot_that_is_lost_is_told(self):
        def during():
            self.at_work("a_slow")
            SERVER.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'insights' AND state LIKE 'idle in%'")
        code, out, err = self.run_while(reader("trouble"), during)
        self.assertEqual(code, 0, err)
        self.assertTrue(any("later state of the data" in note for note in json.loads(out)["notes"]))

    def test_a_server_killed_in_the_middle_of_a_query(self):
        def during():
            self.at_work("a_slow")
            SERVER.stop(signal.SIGQUIT)
        try:
            code, _, err = self.run_while(reader("trouble"), during)
        finally:
            SERVER.start()
        self.assertIn(code, (1, 4), err)
        self.assertRegex(err, "(?i)connect")

    def test_a_server_that_falls_silent(self):
        def during():
            self.at_work("a_slow")
            pids = [int(pid) for pid in SERVER.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'insights'").split()]
            for pid in pids:
                subprocess.run(["kill", "-STOP", str(pid)], check=True)
            self.addCleanup(lambda: [subprocess.run(["kill", "-CONT", str(pid)]) for pid in pids])
        code, _, err = self.run_while(reader("trouble"), during, "--timeout", "3s")
        self.assertIn(code, (1, 4), err)

    def test_ctrl_c_ends_a_query_on_the_server_too(self):
        process = subprocess.Popen([PROGRAM, "explore", reader("trouble"), "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.at_work("a_slow")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        deadline = time.monotonic() + 2  # left alone, the query goes on for four seconds
        while (left := SERVER.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'insights'").strip()) != "0":
            self.assertLess(time.monotonic(), deadline, f"{left} sessions are left")
            time.sleep(0.1)

    def test_a_value_of_a_gigabyte_is_left_unread(self):
        SERVER.sql("CREATE DATABASE huge")
        SERVER.sql("CREATE TABLE huge AS SELECT 1 AS id, repeat('x', 1000000000) AS long; CREATE TABLE fine AS SELECT i AS id, i % 7 AS shop "
                   "FROM generate_series(1, 500) i", "huge")
        grant("huge")
        report = self.folder / "huge.json"
        process = subprocess.Popen([PROGRAM, "explore", reader("huge"), "--format", "json", "--quiet"], stdout=report.open("w"))
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 4)
        self.assertTrue(any("one row needs more than" in note for note in json.loads(report.read_text())["notes"]))
        self.assertLess(used.ru_maxrss, 600_000, "kilobytes: not the value")


class Encryption(Journey):
    def test_a_certificate_is_checked_against_the_one_that_is_named(self):
        for name in ("server", "other"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.folder / f"{name}.key", "-out", self.folder / f"{name}.crt"],
                           check=True, capture_output=True)
        for kind in ("crt", "key"):
            target = SERVER.data / f"server.{kind}"
            target.write_bytes((self.folder / f"server.{kind}").read_bytes())
            target.chmod(0o600)
            if SERVER.user:
                postgres_server.shutil.chown(target, SERVER.user.pw_uid, SERVER.user.pw_gid)
        SERVER.stop()
        SERVER.settings.append("ssl=on")
        SERVER.start()
        self.addCleanup(lambda: (SERVER.settings.remove("ssl=on"), SERVER.stop(), SERVER.start()))
        good = f"{reader('sales')}?sslmode=verify-full&sslrootcert={self.folder}/server.crt"
        self.assertGreater(len(explore(good)["findings"]), 0)
        done = run("explore", f"{reader('sales')}?sslmode=verify-full&sslrootcert={self.folder}/other.crt")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("certificate", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""Runs clang-tidy on every C++ file that the build compiles, as many at once as there are processors.

    scripts/tidy.py BUILD_FOLDER      where compile_commands.json is; nothing has to be compiled for it

A file that was clean is not read again until it, a header of ours that it includes, its compile command, .clang-tidy or
the version of clang-tidy changes. Stamps say which were: in $XDG_CACHE_HOME/insights/tidy (or ~/.cache), so that another
clone on the same machine knows them too, as it does with ccache, which does not remember clang-tidy.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIDY = os.environ.get("CLANG_TIDY", "clang-tidy-19")
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def closure(file, folders):
    """The file and every header of ours that it includes, however far away."""
    found, todo = {}, [file]
    while todo:
        path = todo.pop()
        if path in found or not path.is_file():
            continue
        found[path] = path.read_bytes()
        todo += [(folder / name.decode()).resolve() for name in INCLUDE.findall(found[path]) for folder in [path.parent, *folders]]
    return found


def stamp(entry, version):
    folders = [pathlib.Path(path) for path in re.findall(r"(?:-I|-isystem )(\S+)", entry["command"])]
    here = str(ROOT)
    digest = hashlib.sha256(f"{version}\n{entry['command'].replace(here, '')}".encode() + (ROOT / ".clang-tidy").read_bytes())
    for path, content in sorted(closure(pathlib.Path(entry["file"]).resolve(), folders).items()):
        digest.update(str(path).removeprefix(here).encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def memory():
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache) / "insights" / "tidy"


def main():
    build = pathlib.Path(sys.argv[1])
    clean = memory()
    clean.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    entries = [entry for entry in json.loads((build / "compile_commands.json").read_text()) if entry["file"].endswith(".cpp")]
    todo = [(entry, key) for entry in entries if not (clean / (key := stamp(entry, version))).exists()]
    print(f"tidy: {len(todo)} of {len(entries)} files to read", file=sys.stderr)

    def read(work):
        entry, key = work
        done = subprocess.run([TIDY, "--quiet", "-p", build, entry["file"]], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            (clean / key).touch()
        return entry["file"], done

    bad = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("TIDY_JOBS") or os.cpu_count())) as pool:
        for file, done in pool.map(read, todo):
            print(done.stdout, end="", flush=True)
            if done.returncode != 0:
                bad += 1
                print(f"tidy: {os.path.relpath(file, ROOT)} is not clean" + ("" if done.stdout else f"\n{done.stderr}"), file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

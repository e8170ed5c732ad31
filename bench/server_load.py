#!/usr/bin/env python3
"""A server under everything at once, on loopback, beside each other in one run:

  64 connections that read findings         0 errors; p50 and p99 printed
  200 watchers of two explorations          each sees every event
  500 sockets that send one byte a second   a normal request still answers in under a second
  a 1 GB chunked body, 100,000 headers, JSON nested 100,000 deep: clean 4xx, memory flat

  INSIGHTS_BIN=build/release/src/cli/insights bench/server_load.py [SECONDS] [DATA.csv]

Prints a line a target, and ends with 1 when one is missed.
"""
import asyncio
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
from server_process import SAMPLE_ARGUMENTS, Server  # noqa: E402

READERS, WATCHERS, SLOW = 64, 200, 500


def request(server, path, *lines, method="GET"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *lines, "", ""]).encode()


async def answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    body = await reader.readexactly(int(fields.get(b"Content-Length", b"0")))
    return int(head.split(b" ", 2)[1]), body


async def read_findings(server, until, times, errors):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    text = request(server, "/api/v1/findings?limit=20")
    while time.monotonic() < until:
        begun = time.monotonic()
        try:
            writer.write(text)
            status, _ = await answer(reader)
            if status != 200:
                errors.append(status)
        except (OSError, asyncio.IncompleteReadError) as error:
            errors.append(repr(error))
            return
        times.append(time.monotonic() - begun)
        await asyncio.sleep(0.05)
    writer.close()


async def watch(server, run):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request(server, f"/api/v1/explorations/{run}/events"))
    text = await reader.read()
    writer.close()
    ids = [int(line[4:]) for line in text.split(b"\n") if line.startswith(b"id: ")]
    return ids, b"event: ended" in text


async def send_slowly(server, until):
    text = request(server, "/health/live", "X-Slow: " + "y" * 2000)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    at = 0
    while time.monotonic() < until:
        try:
            if writer.is_closing():
                raise OSError
            writer.write(text[at:at + 1])
            await writer.drain()
            at += 1
            if reader.at_eof():
                raise OSError
        except OSError:  # cut off, as it should be: comes again
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            at = 0
        await asyncio.sleep(1)
    writer.close()


async def ask_normally(server, until, slowest):
    while time.monotonic() < until:
        begun = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request(server, "/api/v1/explorations?limit=1", "Connection: close"))
        await answer(reader)
        writer.close()
        slowest.append(time.monotonic() - begun)
        await asyncio.sleep(0.2)


async def send_monsters(server):
    """What each is answered."""
    async def send(head, chunk, count):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        told = asyncio.create_task(reader.read(65536))  # as clients do: who is refused stops sending
        writer.write(head)
        try:
            for _ in range(count):
                if told.done():
                    break
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        try:
            return (await told).split(b"\r\n")[0].decode()
        except OSError as error:
            return repr(error)
        finally:
            writer.close()
    kind = "Content-Type: application/json"
    post = request(server, "/api/v1/explorations", kind, "Transfer-Encoding: chunked", method="POST")
    deep = b'{"a":' + b"[" * 60_000
    return [await send(post, b"10000\r\n" + b"x" * 65536 + b"\r\n", 1_000_000_000 // 65536),
            await send(request(server, "/health/live")[:-2], b"X: y\r\n" * 1000, 100),
            await send(request(server, "/api/v1/explorations", kind, f"Content-Length: {len(deep)}", method="POST"), deep, 1),
            await send(request(server, "/api/v1/explorations", kind, "Content-Length: 100000", method="POST"), b"[" * 100_000, 1)]


async def load(server, seconds):
    until = time.monotonic() + seconds
    memory = server.memory_kilobytes()
    runs = [server.post("/api/v1/explorations").json()["id"] for _ in range(2)]
    times, errors, slowest = [], [], []
    others = [asyncio.create_task(send_slowly(server, until)) for _ in range(SLOW)]
    others += [asyncio.create_task(read_findings(server, until, times, errors)) for _ in range(READERS)]
    others += [asyncio.create_task(ask_normally(server, until, slowest))]
    watchers = [asyncio.create_task(watch(server, runs[at % 2])) for at in range(WATCHERS)]
    monsters = asyncio.create_task(send_monsters(server))
    seen = await asyncio.gather(*watchers)
    statuses = await monsters
    await asyncio.gather(*others)
    return memory, runs, times, errors, slowest, seen, statuses


def verdict(name, is_met, text):
    print(f"{'met   ' if is_met else 'MISSED'}  {name}: {text}", flush=True)
    return is_met


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    source = sys.argv[2:] or SAMPLE_ARGUMENTS
    with tempfile.TemporaryDirectory() as folder, Server(pathlib.Path(folder), "--without-keys", "--rate", "0", "--runs-at-once", "2",
                                                         source=source) as server:
        server.explored()
        memory, runs, times, errors, slowest, seen, statuses = asyncio.run(load(server, seconds))
        times.sort()
        whole = [list(range(1, len(server.events(run)) + 1)) for run in runs]
        full = sum(ended and ids == whole[at % 2] for at, (ids, ended) in enumerate(seen))
        grown = server.memory_kilobytes() - memory
        met = [verdict(f"{READERS} connections read findings", not errors and bool(times),
                       f"{len(times)} requests, {len(errors)} errors, p50 {1000 * times[len(times) // 2]:.1f} ms, "
                       f"p99 {1000 * times[len(times) * 99 // 100]:.1f} ms"),
               verdict(f"{WATCHERS} watchers of two explorations", full == WATCHERS,
                       f"{full} saw every event ({' and '.join(str(len(one)) for one in whole)})"),
               verdict(f"{SLOW} sockets of a byte a second", max(slowest) < 1, f"a normal request took {max(slowest):.3f} s at most"),
               verdict("what is too much", [status.split(" ")[1][:1] for status in statuses] == ["4"] * 4, "; ".join(statuses)),
               verdict("memory", grown < 100_000, f"{grown / 1000:.1f} MB more than before, with all that and two explorations")]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())

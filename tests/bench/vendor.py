"""A vendor on this machine, in a process of its own, that takes 50 ms for every answer and counts what it was sent by idempotency key.

`python -m tests.bench.vendor [SECONDS]` prints its port; GET answers `{"requests", "keys"}`, anything posted is taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

ANSWER_SECONDS = 0.05


class Vendor:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen = Counter[str]()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, _, rest = head.partition(" ")
                headers = dict(line.lower().split(": ", 1) for line in rest.splitlines()[1:] if ": " in line)
                await reader.readexactly(int(headers.get("content-length", 0)))
                if method == "POST":
                    self._seen[headers["idempotency-key"]] += 1
                    await asyncio.sleep(self._seconds)
                body = json.dumps({"requests": self._seen.total(), "keys": len(self._seen)}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        writer.close()


async def serve(seconds: float) -> None:
    server = await asyncio.start_server(Vendor(seconds).talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def vendor(seconds: float = ANSWER_SECONDS) -> Iterator[str]:
    """The address of a running vendor, which is gone at the end of the block."""
    with subprocess.Popen([sys.executable, "-m", "tests.bench.vendor", str(seconds)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
        finally:
            process.terminate()


def counted(url: str) -> tuple[int, int]:
    """(requests, different keys) that have reached the vendor."""
    said = httpx.get(url, trust_env=False).json()
    return said["requests"], said["keys"]


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(float(sys.argv[1]) if len(sys.argv) > 1 else ANSWER_SECONDS))

"""The limit: the `websockets` library alone, one broadcast of ready bytes every quarter of a second, to whoever came."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve


async def keep(connection: ServerConnection) -> None:
    await connection.wait_closed()


async def main(port: int, text: str) -> None:
    async with serve(keep, "127.0.0.1", port, compression=None) as server:
        while True:
            broadcast(server.connections, text)
            await asyncio.sleep(0.25)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2]).read_text()))

"""A cable to a server, as a program: killed, every connection through it is cut in the middle of whatever
it carries; stopped, there is nothing but silence.
"""

import asyncio
import sys
from contextlib import suppress

CHUNK = 65_536


async def main(port: int, target: int) -> None:
    """Carry what comes to one port of this machine to another, and back."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            there = await asyncio.open_connection("127.0.0.1", target)
            await asyncio.gather(pour(reader, there[1]), pour(there[0], writer))
        writer.close()

    server = await asyncio.start_server(carry, "127.0.0.1", port)
    await server.serve_forever()


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one end closes; then the other is closed too."""
    with suppress(OSError):
        while piece := await reader.read(CHUNK):
            writer.write(piece)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))

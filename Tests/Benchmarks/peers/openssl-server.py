"""The peer of the TLS rows: `openssl s_server` on a port the system chose; prints the port, then becomes the server."""
import os
import socket
import sys

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
print(port, flush=True)
os.execvp(
    "openssl",
    ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", sys.argv[1], "-key", sys.argv[2], "-quiet"],
)

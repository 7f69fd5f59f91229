"""What 10,000 silent connections cost the server, plain and TLS, and whether it still answers."""
import os
import resource
import socket
import ssl
import tempfile
import urllib.request

from processes import gantry, resident_kib, write_config
from rounds import Row
from server import certificate

CONNECTIONS = 10_000
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def open_plain(port):
    sock = socket.create_connection(("127.0.0.1", port))
    sock.sendall(REQUEST)
    assert sock.recv(4096).startswith(b"HTTP/1.1 200")
    return sock


def open_tls(port, context):
    sock = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
    sock.sendall(REQUEST)
    assert sock.recv(4096).startswith(b"HTTP/1.1 200")
    return sock


def cost(options, folder, tls):
    cert, key = certificate(folder)
    text = '{"port": 0, "max_parallel_connections": 20000, "client_idle_timeout_seconds": 600, "log": {"level": "warning"}%s}'
    paths = ', "certificate_path": "%s", "certificate_key_path": "%s"' % (cert, key) if tls else ""
    context = ssl.create_default_context(cafile=cert)
    with gantry(options.gantry, None, write_config(folder, text % paths)) as (process, url, _):
        port = int(url.rsplit(":", 1)[1])
        connect = (lambda: open_tls(port, context)) if tls else (lambda: open_plain(port))
        warm = [connect() for _ in range(100)]
        before = resident_kib(process.pid)
        held = [connect() for _ in range(CONNECTIONS)]
        after = resident_kib(process.pid)
        last = open_tls(port, context) if tls else open_plain(port)
        for sock in warm + held + [last]:
            sock.close()
        return (after - before) / CONNECTIONS


def rows(options):
    limit = CONNECTIONS + 1000
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit if hard == -1 or hard >= limit else hard, max(hard, limit)))
    result = []
    for tls, bar in ((False, 4), (True, 24)):
        row = Row(f"idle connection, {'TLS' if tls else 'plain'}, of {CONNECTIONS:,}", "kB", bar, False)
        with tempfile.TemporaryDirectory() as folder:
            row.ours += [cost(options, folder, tls) for _ in range(3)]
        result.append(row)
    return result

"""The server beside its peers: requests, handshakes, start."""
import os
import re
import ssl
import subprocess
import tempfile
import urllib.request

from processes import gantry, peer, pinned, resident_kib, wrk, write_config
from rounds import Row

HERE = os.path.dirname(__file__)
SERVER_CORE, CLIENT_CORE = 0, 1


def http_rows(options):
    rows = []
    with gantry(options.gantry, SERVER_CORE) as (_, url, _), peer(
        ["node", os.path.join(HERE, "peers", "node-http.js")], SERVER_CORE
    ) as (_, port):
        for connections in (1, 64):
            row = Row(f"HTTP, small reply, keep-alive, {connections} connections", "requests/s", 1.5)
            rows.append(
                row.measure(
                    options.rounds,
                    lambda: wrk(CLIENT_CORE, url + "/healthz", options.seconds, connections),
                    "Node http",
                    lambda: wrk(CLIENT_CORE, f"http://127.0.0.1:{port}/", options.seconds, connections),
                )
            )
    return rows


def certificate(folder):
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key]
        + ["-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True,
        capture_output=True,
    )
    os.chmod(key, 0o600)
    return cert, key


def s_time(port, seconds, resume):
    """Handshakes a second of one client that does nothing else."""
    argv = ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-time", str(seconds)]
    argv += ["-reuse" if resume else "-new"]
    text = subprocess.run(pinned(CLIENT_CORE, argv), capture_output=True, text=True).stdout
    count, elapsed = re.findall(r"(\d+) connections in (\d+) real seconds", text)[-1]
    return int(count) / int(elapsed)


def tls_rows(options):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        cert, key = certificate(folder)
        config = write_config(
            folder,
            '{"port": 0, "log": {"level": "warning"}, "certificate_path": "%s", "certificate_key_path": "%s"}'
            % (cert, key),
        )
        openssl = os.path.join(HERE, "peers", "openssl-server.py")
        with gantry(options.gantry, SERVER_CORE, config) as (_, url, _), peer(
            ["python3", openssl, cert, key], SERVER_CORE
        ) as (_, port):
            ours = int(url.rsplit(":", 1)[1])
            for resume in (False, True):
                row = Row(f"TLS 1.3 handshakes, P-256, {'resumed' if resume else 'full'}", "handshakes/s", 0.8)
                rows.append(
                    row.measure(
                        options.rounds,
                        lambda: s_time(ours, options.seconds, resume),
                        "openssl s_server",
                        lambda: s_time(port, options.seconds, resume),
                    )
                )
    return rows


def start_rows(options):
    start = Row("fresh server, ready after", "ms", 100, higher_is_better=False)
    resident = Row("fresh server, resident", "MB", 30, higher_is_better=False)
    for _ in range(options.rounds * 2 + 1):
        with gantry(options.gantry) as (process, url, seconds):
            urllib.request.urlopen(url + "/healthz").read()
            start.ours.append(seconds * 1000)
            resident.ours.append(resident_kib(process.pid) / 1024)
    return [start, resident]

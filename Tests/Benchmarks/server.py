"""The server beside its peers: requests, handshakes, start."""
import os
import re
import subprocess
import tempfile
import urllib.request

from processes import cpu_microseconds, gantry, peer, pinned, resident_kib, wrk, write_config
from rounds import Row

HERE = os.path.dirname(__file__)
SERVER_CORE, CLIENT_CORE = 0, 1


def with_cpu(load, process, costs):
    """Runs one load; its rate is the result, the server's CPU time for each piece goes to `costs`."""

    def run():
        before = cpu_microseconds(process.pid)
        rate, count = load()
        costs.append((cpu_microseconds(process.pid) - before) / count)
        return rate

    return run


def pair(options, name, unit, bar, subjects, cost_name):
    """A row of rates and a row of CPU times, from the same rounds; `subjects` are ours and the peer's."""
    (our_load, our_process), (peer_name, peer_load, peer_process) = subjects
    rates, costs = Row(name, unit, bar), Row(cost_name, "µs", None, higher_is_better=False)
    rates.measure(
        options.rounds,
        with_cpu(our_load, our_process, costs.ours),
        peer_name,
        with_cpu(peer_load, peer_process, costs.peer),
    )
    costs.peer_name = peer_name
    return [rates, costs]


def http_rows(options):
    rows = []
    with gantry(options.gantry, SERVER_CORE) as (ours, url, _), peer(
        ["node", os.path.join(HERE, "peers", "node-http.js")], SERVER_CORE
    ) as (node, port), peer([floor(), str(60 + 8 * options.rounds * options.seconds)], SERVER_CORE) as (bare, bare_port):
        loads = {
            "ours": lambda count: wrk(CLIENT_CORE, url + "/healthz", options.seconds, count),
            "node": lambda count: wrk(CLIENT_CORE, f"http://127.0.0.1:{port}/", options.seconds, count),
            "bare": lambda count: wrk(CLIENT_CORE, f"http://127.0.0.1:{bare_port}/", options.seconds, count),
        }
        for count in (1, 64):
            name = f"HTTP, small reply, keep-alive, {count} connection{'s' if count > 1 else ''}"
            subjects = [
                (lambda: loads["ours"](count), ours),
                ("Node http", lambda: loads["node"](count), node),
            ]
            # One connection waits for the network more than for the server: the bar is for a busy core.
            rows += pair(options, name, "requests/s", 1.5 if count > 1 else None, subjects, name + ": CPU time each")
        subjects = [
            (lambda: loads["ours"](64), ours),
            ("libuv read + write of the same bytes", lambda: loads["bare"](64), bare),
        ]
        rows += pair(
            options,
            "the same beside the machine's limit",
            "requests/s",
            None,
            subjects,
            "the same beside the machine's limit: CPU time each",
        )
    return rows


def floor():
    """Builds the bare server: what libuv and the kernel cost when nothing is parsed."""
    binary = os.path.join(tempfile.gettempdir(), f"gantry-bench-floor-{os.getuid()}")
    subprocess.run(["cc", "-O2", os.path.join(HERE, "peers", "floor.c"), "-luv", "-o", binary], check=True)
    return binary


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
    """Handshakes a second of one client that does nothing else. With TLS 1.3 this client never resumes."""
    argv = ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-time", str(seconds)]
    argv += ["-reuse", "-tls1_2"] if resume else ["-new"]
    text = subprocess.run(pinned(CLIENT_CORE, argv), capture_output=True, text=True).stdout
    count, elapsed = re.findall(r"(\d+) connections in (\d+) real seconds", text)[-1]
    return int(count) / int(elapsed), int(count)


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
        with gantry(options.gantry, SERVER_CORE, config) as (ours, url, _), peer(
            ["python3", openssl, cert, key], SERVER_CORE
        ) as (server, port):
            our_port = int(url.rsplit(":", 1)[1])
            for resume, kind in ((False, "TLS 1.3, P-256, full"), (True, "TLS 1.2, resumed")):
                subjects = [
                    (lambda: s_time(our_port, options.seconds, resume), ours),
                    ("openssl s_server", lambda: s_time(port, options.seconds, resume), server),
                ]
                name = f"handshakes, {kind}"
                rows += pair(options, name, "handshakes/s", 0.8, subjects, name + ": CPU time each")
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

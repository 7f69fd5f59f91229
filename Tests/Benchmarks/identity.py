"""Users, sessions and logins: the check of each request, large stores, and how many can sign in."""
import json
import os
import re
import statistics
import subprocess
import tempfile

from processes import cpu_microseconds, gantry, pinned, resident_kib, wrk, write_config
from rounds import Row
from server import CLIENT_CORE, SERVER_CORE

PASSWORD = "the first password of the bench"
CONFIG = '{"port": 0, "log": {"level": "warning"}, "identity": {"first_administrator_password": "%s"}%s}'
SMALL, MIDDLE, LARGE = (1_000, 10_000), (10_000, 100_000), (100_000, 1_000_000)


def identity(options, *words, core=None):
    """One call of the micro benchmark, by the names of its lines."""
    argv = [options.micro, "identity"] + [str(word) for word in words]
    text = subprocess.run(
        argv if core is None else pinned(core, argv), check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return {line["name"]: line for line in map(json.loads, text.splitlines())}


def rows(options):
    # Not in the system's temporary folder, which may be in memory.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=os.getcwd()) as folder:
        return check_rows(options, folder) + store_rows(options, folder) + request_rows(options) + login_rows(options)


def fill(options, folder, name, size):
    path = os.path.join(folder, name)
    os.mkdir(path, 0o700)
    identity(options, "fill", path, *size)
    return path


def check_rows(options, folder):
    """What a request waits for when its session is remembered, alone and while grants change."""
    path = fill(options, folder, "middle", MIDDLE)
    seconds = max(1, options.seconds / 2)
    rounds = [identity(options, "checks", path, MIDDLE[1], seconds) for _ in range(options.rounds)]

    def row(line, name, unit="µs", bar=None, notes=""):
        result = Row(name, unit, bar, False, notes)
        result.ours += [values[line]["ours"] for values in rounds]
        return result

    result = []
    for count in (1, MIDDLE[1] // 10, MIDDLE[1]):
        forgotten = statistics.median(values[f"{count} forgotten"]["ours"] for values in rounds)
        notes = f"{forgotten:.1f} % were not remembered, and are not counted" if forgotten >= 0.05 else ""
        name = f"session check, {count:,} remembered"
        result += [row(f"{count} p50", f"{name}, p50", bar=5, notes=notes), row(f"{count} p99", f"{name}, p99")]
    for part, bar in (("p50", 1.5), ("p99", None)):
        flat = row(f"changing {part}", f"session check, 10,000 remembered, while grants change, {part}", bar=bar)
        flat.peer_name = "the same without changes"
        flat.peer += [values[f"10000 {part}"]["ours"] for values in rounds]
        result.append(flat)
    stale = Row("stale answers after a change, all rounds", "answers", 0, False)
    # Not a median: a single one would be too many.
    stale.ours.append(sum(values["stale"]["ours"] for values in rounds))
    stale.notes = f"{statistics.median(values['changes']['ours'] for values in rounds):.0f} changes a second"
    return result + [stale]


def store_rows(options, folder):
    """A hundred times as many users and sessions: the same questions, and a start on that folder."""
    small, large = fill(options, folder, "small", SMALL), fill(options, folder, "large", LARGE)
    names = {
        "uncached p50": ("session check, not remembered, 1,000,000 sessions, p50", 1.5),
        "uncached p99": ("session check, not remembered, 1,000,000 sessions, p99", None),
        "cached p50": ("session check, 10,000 remembered of 1,000,000, p50", 1.5),
        "cached p99": ("session check, 10,000 remembered of 1,000,000, p99", None),
        "list p50": ("list of a user's 10 sessions, 1,000,000 sessions, p50", None),
    }
    result = {line: Row(name, "µs", bar, False) for line, (name, bar) in names.items()}
    for index in range(options.rounds):
        seconds = max(1, options.seconds / 4)
        values = identity(options, "store", large, LARGE[1], small, SMALL[1], index, seconds)
        for line, row in result.items():
            row.ours.append(values[line]["ours"])
            row.peer.append(values[line]["peer"])
            row.peer_name = "1,000 users, 10,000 sessions"
    start = Row("start with 100,000 users and 1,000,000 sessions, ready after", "ms", 100, False)
    resident = Row("start with 100,000 users and 1,000,000 sessions, resident", "MB", 30, False)
    for _ in range(options.rounds * 2 + 1):
        with gantry(options.gantry, data=large) as (process, _, seconds):
            start.ours.append(seconds * 1000)
            resident.ours.append(resident_kib(process.pid) / 1024)
    return list(result.values()) + [start, resident]


def users(options, url):
    """Makes users on a server, and gives the token of one of them."""
    argv = [options.micro, "identity", "users", url.rsplit(":", 1)[1], PASSWORD]
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def request_rows(options):
    """The same small reply for members only and for everybody, from the same server."""
    rates = Row("HTTP, small reply, signed in, 64 connections", "requests/s")
    costs = Row(rates.name + ": CPU time each", "µs", None, False)
    added = Row("what being signed in adds to a request: CPU time", "µs", 5, False)
    with tempfile.TemporaryDirectory() as folder, gantry(
        options.probe, SERVER_CORE, write_config(folder, CONFIG % (PASSWORD, ', "probe": {}'))
    ) as (process, url, _):
        header = "Authorization: Bearer " + users(options, url)

        def turn(route, headers, values):
            before = cpu_microseconds(process.pid)
            rate, count = wrk(CLIENT_CORE, url + route, options.seconds, 64, headers)
            values.append((cpu_microseconds(process.pid) - before) / count)
            return rate

        rates.measure(
            options.rounds,
            lambda: turn("/probe/members", [header], costs.ours),
            "the same for everybody",
            lambda: turn("/probe/greeting", [], costs.peer),
        )
    costs.peer_name = rates.peer_name
    added.ours += [ours - peer for ours, peer in zip(costs.ours, costs.peer)]
    return [rates, costs, added]


def login_rows(options):
    """Sessions that begin, beside what the password's hash or the key's signature costs alone."""
    result = []
    with tempfile.TemporaryDirectory() as folder:
        config = write_config(folder, CONFIG % (PASSWORD, ""))
        # A password is checked on any core: its peer has both as well.
        with gantry(options.gantry, None, config) as (process, url, _):
            users(options, url)
            rates, costs = named("logins with a password", 0.9)

            def hashes():
                lines = identity(options, "hash", options.seconds)
                costs.peer.append(lines["hash"]["ours"])
                return lines["hashes"]["ours"]

            rates.measure(
                options.rounds, lambda: logins(options, process, url, "password", costs), "scrypt alone, 2 threads", hashes
            )
            costs.peer_name = rates.peer_name
            result += [rates, costs]
        with gantry(options.gantry, SERVER_CORE, config) as (process, url, _):
            users(options, url)
            rates, costs = named("logins with an Ed25519 key", None)

            def signatures():
                sign, verify = openssl_speed(max(1, options.seconds // 2))
                costs.peer.append(1e6 / sign + 1e6 / verify)
                return 1 / (1 / sign + 1 / verify)

            rates.measure(
                options.rounds,
                lambda: logins(options, process, url, "key", costs, CLIENT_CORE),
                "openssl speed: a signature and a check",
                signatures,
            )
            costs.peer_name = rates.peer_name
            result += [rates, costs]
    return result


def named(name, bar):
    return Row(name, "logins/s", bar), Row(name + ": CPU time each", "µs", None, False)


def logins(options, process, url, proof, costs, core=None):
    before = cpu_microseconds(process.pid)
    lines = identity(options, "logins", url.rsplit(":", 1)[1], proof, options.seconds, core=core)
    costs.ours.append((cpu_microseconds(process.pid) - before) / lines["count"]["ours"])
    return lines["logins"]["ours"]


def openssl_speed(seconds):
    """Signatures and checks a second on one core, by the CPU time of `openssl speed`."""
    argv = pinned(SERVER_CORE, ["openssl", "speed", "-seconds", str(seconds), "ed25519"])
    text = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    return [float(value) for value in re.search(r"Ed25519\).*?([\d.]+)\s+([\d.]+)\s*$", text, re.M).groups()]

"""Programs under measurement: started on loopback with ports the system chose, ended by the pid we hold."""
import contextlib
import os
import subprocess
import tempfile
import time


def pinned(core, argv):
    return ["taskset", "-c", str(core)] + argv


@contextlib.contextmanager
def gantry(binary, core=None, config=None, extra=(), data=None):
    """A server with a data folder of its own, or with `data`; yields (process, url, seconds until it was ready)."""
    with tempfile.TemporaryDirectory() as folder:
        ready = os.path.join(folder, "ready")
        data = data or os.path.join(folder, "data")
        argv = [binary, "serve", "--port", "0", "--data-directory", data, "--ready-file", ready]
        argv += ["--config", config or write_config(folder)] + list(extra)
        started = time.monotonic()
        log = open(os.path.join(folder, "log"), "wb")
        process = subprocess.Popen(argv if core is None else pinned(core, argv), stdout=log, stderr=log)
        try:
            while not (os.path.exists(ready) and os.path.getsize(ready)):
                if process.poll() is not None:
                    raise SystemExit(open(os.path.join(folder, "log")).read())
                if time.monotonic() - started > 30:
                    raise SystemExit("the server did not become ready within 30 s")
                os.sched_yield()
            elapsed = time.monotonic() - started
            yield process, open(ready).read().strip(), elapsed
        finally:
            process.terminate()
            process.wait(60)


def write_config(folder, text='{"port": 0, "max_parallel_connections": 20000, "log": {"level": "warning"}}'):
    path = os.path.join(folder, "config.json")
    with open(path, "w") as file:
        file.write(text)
    return path


@contextlib.contextmanager
def peer(argv, core=None):
    """A peer that prints its port as its first line."""
    process = subprocess.Popen(argv if core is None else pinned(core, argv), stdout=subprocess.PIPE)
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(30)


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise RuntimeError("no VmRSS")


def cpu_microseconds(pid):
    """What all threads of a process have run so far, by the scheduler's own clock."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError):
            total += int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0])
    return total / 1000


def wrk(core, url, seconds, connections, headers=()):
    """Requests a second, and how many there were; errors end the run."""
    argv = pinned(core, ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url])
    for header in headers:
        argv += ["-H", header]
    text = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(text)
    count = int(next(line for line in text.splitlines() if " requests in " in line).split()[0])
    return float(next(line for line in text.splitlines() if "Requests/sec" in line).split()[1]), count

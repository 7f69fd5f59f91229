"""`make bench`: measures every subject and writes the table between the marks of docs/benchmarks.md."""
import argparse
import datetime
import os
import platform
import re
import subprocess
import sys

import idle
import server
import micro
from rounds import table

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "benchmarks.md")
SUBJECTS = {
    "http": server.http_rows,
    "tls": server.tls_rows,
    "start": server.start_rows,
    "idle": idle.rows,
    "storage": micro.storage_rows,
    "cipher": micro.cipher_rows,
}


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return f"{os.cpu_count()} × {model}, Linux {platform.release()}"


def revision():
    result = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True)
    return result.stdout.strip() or "?"


def write_page(rows):
    stamp = f"{datetime.date.today()}, {revision()}, {machine()}."
    text = open(PAGE).read()
    block = f"<!-- measured -->\nMeasured {stamp}\n\n{table(rows)}\n<!-- /measured -->"
    open(PAGE, "w").write(re.sub(r"<!-- measured -->.*<!-- /measured -->", lambda _: block, text, flags=re.S))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gantry", required=True)
    parser.add_argument("--micro", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("subjects", nargs="*", help="of " + ", ".join(SUBJECTS) + "; none means all")
    options = parser.parse_args()
    rows = []
    for name in options.subjects or SUBJECTS:
        print(f"measuring {name} …", file=sys.stderr)
        rows += SUBJECTS[name](options)
    print(table(rows))
    if not options.subjects:
        write_page(rows)


main()

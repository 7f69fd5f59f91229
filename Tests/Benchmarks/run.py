"""`make bench`: measures every subject and writes the table between the marks of docs/benchmarks.md."""
import argparse
import datetime
import os
import platform
import re
import subprocess
import sys

import identity
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
    "identity": identity.rows,
}


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return f"{os.cpu_count()} × {model}, Linux {platform.release()}"


def revision():
    result = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True)
    return result.stdout.strip() or "?"


def stamp():
    return f"{datetime.date.today()}, {revision()}, {machine()}."


def write_page(lines):
    text = open(PAGE).read()
    block = "\n".join(["<!-- measured -->"] + lines + ["<!-- /measured -->"])
    open(PAGE, "w").write(re.sub(r"<!-- measured -->.*<!-- /measured -->", lambda _: block, text, flags=re.S))


def update_page(subjects, rows):
    """Puts the rows of some subjects in place of their old ones, and says that they were measured apart."""
    block = re.search(r"<!-- measured -->\n(.*)<!-- /measured -->", open(PAGE).read(), re.S).group(1)
    stamps, old = block.split("\n\n", 1)
    names = [f"`{name}`" for name in subjects]
    kept = [line for line in stamps.splitlines() if not any(line.startswith(f"{name}: ") for name in names)]
    lines = old.splitlines()
    for row, line in zip(rows, table(rows).splitlines()[2:]):
        place = next((index for index, text in enumerate(lines) if text.startswith(f"| {row.name} |")), None)
        if place is None:
            lines.append(line)
        else:
            lines[place] = line
    # Two spaces end a line.
    kept = [line.rstrip() for line in kept] + [f"{name}: measured {stamp()}" for name in names]
    write_page(["  \n".join(kept), ""] + lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gantry", required=True)
    parser.add_argument("--probe", required=True)
    parser.add_argument("--micro", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--update", action="store_true", help="write the rows of the named subjects to the page")
    parser.add_argument("subjects", nargs="*", help="of " + ", ".join(SUBJECTS) + "; none means all")
    options = parser.parse_args()
    rows = []
    for name in options.subjects or SUBJECTS:
        print(f"measuring {name} …", file=sys.stderr)
        rows += SUBJECTS[name](options)
    print(table(rows))
    if not options.subjects:
        write_page([f"Measured {stamp()}", "", table(rows)])
    elif options.update:
        update_page(options.subjects, rows)


main()

"""What needs no socket: the storage engine beside the disk, the TLS engine beside OpenSSL's own figure."""
import json
import re
import statistics
import subprocess

from rounds import Row


def run(options, *arguments):
    text = subprocess.run([options.micro, *arguments], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def storage_rows(options):
    """One run measures writes and the raw disk in alternating rounds; each line is one round of one subject."""
    by_name = {}
    for line in run(options, "storage", str(options.rounds), str(options.seconds)):
        row = by_name.setdefault(line["name"], Row(line["name"], line["unit"], None, line["higher_is_better"]))
        row.ours.append(line["ours"])
        row.peer.append(line["peer"])
        row.peer_name = line["peer_name"]
    return list(by_name.values())


def openssl_speed(cipher, seconds):
    argv = ["openssl", "speed", "-seconds", str(seconds), "-bytes", "16384", "-evp", cipher]
    text = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"([\d.]+)k\s*$", text, re.M).group(1)) * 1000 / 1e6


def cipher_rows(options):
    row = Row("TLS 1.3 engine, AES-256-GCM, 16 KiB records, sealed and opened", "MB/s", 0.8)
    row.notes = "peer: one pass of the bare cipher, halved, because the engine seals and opens"
    seconds = max(1, options.seconds // 2)
    return [
        row.measure(
            options.rounds,
            lambda: statistics.median(line["ours"] for line in run(options, "cipher", str(seconds))),
            "openssl speed / 2",
            lambda: openssl_speed("aes-256-gcm", seconds) / 2,
        )
    ]

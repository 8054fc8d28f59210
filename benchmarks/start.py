#!/usr/bin/env python3
"""How long servers take until their client port answers, what they take in memory when idle, and how large they are.

    benchmarks/start.py ours=artifacts/nats-server nats-server=/usr/sbin/nats-server [--rounds 20]

Each NAME=PATH is started in turn on a free port of 127.0.0.1, round after round, so that whatever else the machine does
meets all of them. The time runs from just before the process is made until the first byte of INFO has come.
Linux only: memory is VmRSS of /proc, read a second after the start. Prints a table in Markdown.
"""
import argparse
import os
import socket
import statistics
import subprocess
import sys
import time

HOST = "127.0.0.1"
PATIENCE = 20.0


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def wait_for_info(port, start):
    while time.perf_counter() - start < PATIENCE:
        try:
            with socket.create_connection((HOST, port), timeout=PATIENCE) as client:
                if client.recv(1):
                    seconds = time.perf_counter() - start
                    while not client.recv(4096).endswith(b"\n"):  # all of it, so that closing is no reset
                        pass
                    return seconds
        except ConnectionRefusedError:
            time.sleep(0.0002)
    sys.exit("a server did not answer in time")


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def run(path):
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen([path, "-a", HOST, "-p", str(port)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        seconds = wait_for_info(port, start)
        time.sleep(1)
        return seconds, resident(process.pid)
    finally:
        process.terminate()
        process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("servers", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    servers = [tuple(text.split("=", 1)) for text in options.servers]
    results = {name: [] for name, _ in servers}
    for number in range(options.rounds):
        for name, path in servers:
            results[name].append(run(path))
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)

    print("| Server | start, median | start, shortest | idle VmRSS, median | file |")
    print("|---|---|---|---|---|")
    for name, path in servers:
        times = [seconds * 1000 for seconds, _ in results[name]]
        memory = statistics.median(kib for _, kib in results[name]) / 1024
        size = os.path.getsize(os.path.realpath(path)) / 1e6
        print(f"| {name} | {statistics.median(times):.1f} ms | {min(times):.1f} ms | {memory:.1f} MiB | {size:.1f} MB |")


if __name__ == "__main__":
    main()

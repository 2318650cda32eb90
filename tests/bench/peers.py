"""What a team would take instead: started for one measurement, from packages of Debian and of npm.

npm's are put into build/bench-peers/ when they are wanted first, in the versions that peers/*/package.json name.
"""
import json
import pathlib
import shutil
import socket
import subprocess

from processes import Relay, Unmeasured, free_port, listens, needed

NPM_SECONDS = 300
STREAM = {"name": "BENCH", "subjects": ["bench.>"], "storage": "file", "retention": "limits", "num_replicas": 1}


def node_programs(place, name):
    """The directory of a peer with its packages installed."""
    needed("node", "nodejs")
    npm = needed("npm", "npm")
    source, home = pathlib.Path(__file__).parent / "peers" / name, place.root / "build/bench-peers" / name
    home.mkdir(parents=True, exist_ok=True)
    wanted, installed = (source / "package.json").read_text(), home / "installed.json"
    shutil.copy(source / "relay.js", home)
    if installed.exists() and installed.read_text() == wanted:
        return home
    (home / "package.json").write_text(wanted)
    done = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], cwd=home,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=NPM_SECONDS)
    if done.returncode != 0:
        raise Unmeasured(f"npm could not install what {name} needs: {done.stderr.strip()[-200:]}")
    installed.write_text(wanted)
    return home


def node_relay(running, name, server, server_port):
    """A relay of two processes, one that takes and one that delivers, around a server that keeps."""
    home, place = node_programs(running.place, name), running.place

    def start(target):
        port, directory = free_port(), running.directory(name)
        environment = {"PORT": str(port), "SERVER_PORT": str(server_port), "TARGET": f"http://127.0.0.1:{target.port}", "NODE_ENV": "production"}
        parts = [running.program(["node", home / "relay.js", part], directory / f"{part}.log", env=environment, cwd=home)
                 for part in ("take", "deliver")]
        parts[0].wait_for(lambda: listens(port), f"the start of {name}")
        parts[1].wait_for(lambda: "delivering" in parts[1].log(), f"the start of {name}")
        return Relay(place, port, "/", [server, *parts])
    return start


def bullmq(running, target):
    """Fastify, BullMQ and Redis, which syncs before it answers."""
    redis, port, directory = needed("redis-server", "redis-server"), free_port(), running.directory("redis")
    command = [redis, "--port", port, "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes",
               "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"]
    server = running.program(command, directory / "log")
    server.wait_for(lambda: listens(port), "the start of redis-server")
    return node_relay(running, "bullmq", server, port)(target)


def nats_server(running):
    """With a stream BENCH of one replica; (program, port)."""
    nats, port, directory = needed("nats-server", "nats-server"), free_port(), running.directory("nats")
    server = running.program([nats, "-a", "127.0.0.1", "-p", port, "-js", "-sd", directory / "store"], directory / "log")
    server.wait_for(lambda: listens(port), "the start of nats-server")
    make_stream(port)
    return server, port


def make_stream(port):
    body = json.dumps(STREAM)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall((f'CONNECT {{"verbose":false,"pedantic":false}}\r\nSUB made 1\r\n'
                      f"PUB $JS.API.STREAM.CREATE.BENCH made {len(body)}\r\n{body}\r\n").encode())
        answer = b""
        while b"stream_create_response" not in answer:
            got = line.recv(65536)
            if not got:
                raise RuntimeError(f"nats-server made no stream: {answer!r}")
            answer += got
    if b'"error"' in answer:
        raise RuntimeError(f"nats-server made no stream: {answer!r}")


def jetstream(running, target):
    """Fastify, a JetStream stream that is not synced before it acknowledges, and a pusher."""
    server, port = nats_server(running)
    return node_relay(running, "jetstream", server, port)(target)

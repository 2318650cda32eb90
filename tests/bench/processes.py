"""Programs that a measurement starts on 127.0.0.1, each on a port of its own and with a directory of its own.

What is started is ended with its `with` block, by its process id, and its files go with it.
"""
import contextlib
import ctypes
import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

START_SECONDS = 60
STOP_SECONDS = 20
QUIET_SECONDS = 10  # a target that has got nothing for so long gets nothing more
TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")


class Unmeasured(Exception):
    """Why something cannot be measured here."""


def wait_until(done, seconds, what):
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(0.01)


def free_port():
    """Below those that outgoing connections are given."""
    for _ in range(1000):
        port = random.randrange(20_000, 32_000)
        with contextlib.closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def ask(port, path, method="GET"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def needed(command, package):
    """The path of a command, or why it cannot be run."""
    found = shutil.which(command) or shutil.which(command, path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise Unmeasured(f"{command} is not here (Debian package {package}; .ci/install-packages bench)")
    return found


def die_with_parent():
    """Also when that is killed, so that nothing is left behind."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Program:
    """A process of ours."""

    def __init__(self, command, log, env=None, cwd=None):
        self.command, self.log_file = [str(part) for part in command], log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd, preexec_fn=die_with_parent,
                                            env={**os.environ, **(env or {})})

    def wait_for(self, done, what):
        def done_or_dead():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.command[0]} ended, {self.process.returncode}: {self.log()[-2000:]}")
            return done()
        wait_until(done_or_dead, START_SECONDS, f"{what}; log: {self.log_file}")

    def log(self):
        return pathlib.Path(self.log_file).read_text(errors="replace")

    def cpu_us(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * TICK_US

    def precise_cpu_us(self):
        """Of the threads that are there now."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e3

    def resident_mib(self):
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 2**20

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Place:
    """Where the programs are, and a directory for what they keep, on a disk."""

    def __init__(self, build, binary=None):
        self.build = pathlib.Path(build).resolve()
        self.root = pathlib.Path(__file__).resolve().parents[2]
        self.signalbox = pathlib.Path(binary or self.build / "signalbox").resolve()
        self.scratch = self.root / "build/bench-scratch" / str(os.getpid())

    def bench(self, name):
        program = self.build / "tests/bench" / f"bench_{name}"
        if not program.exists():
            raise Unmeasured(f"{program.name} is not built (ninja -C {os.path.relpath(self.build)} bench_goals)")
        return program

    @contextlib.contextmanager
    def directory(self, name):
        path = self.scratch / f"{name}-{time.monotonic_ns()}"
        path.mkdir(parents=True)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def run(self, *command, seconds):
        """What a program prints, as JSON; it has `seconds` and some more."""
        done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=seconds + START_SECONDS)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]} {done.stdout[-2000:]}")
        return json.loads(done.stdout)

    def send(self, port, path, seconds=0, **options):
        """`signalbox bench send`; its options by their names."""
        arguments = [part for name, value in options.items() if value for part in ("--" + name.replace("_", "-"), value)]
        if seconds:
            arguments += ["--seconds", seconds]
        return self.run(self.signalbox, "bench", "send", "--port", port, "--path", path, *arguments, seconds=seconds or 3600)


class Relay:
    """Something that takes events at a path and delivers them to a target: the programs it consists of."""

    def __init__(self, place, port, path, programs, token_file=None):
        self.place, self.port, self.path, self.programs, self.token_file = place, port, path, programs, token_file

    def send(self, seconds=0, path=None, **options):
        return self.place.send(self.port, path or self.path, seconds, token_file=self.token_file, **options)

    def cpu_us(self):
        return sum(program.cpu_us() for program in self.programs)

    def resident_mib(self):
        return sum(program.resident_mib() for program in self.programs)


class Daemon(Relay):
    """`signalbox serve` with `tenants`: mappings, each of which becomes a file of the configuration."""

    def __init__(self, place, directory, tenants, path="/v1/acme/busy/events", settings=None):
        self.admin_port = free_port()
        super().__init__(place, free_port(), path, [], token_file=directory / "token")
        self.directory = directory
        self.token_file.write_text(secrets.token_hex(32))
        self.token_file.chmod(0o600)
        top = {"server": {"ingest": {"listen": f"127.0.0.1:{self.port}"}, "admin": {"listen": f"127.0.0.1:{self.admin_port}"},
                          "shutdown_timeout": "1s"},
               "store": {"path": str(directory / "store")}, "include": ["tenants-*.yaml"], **(settings or {})}
        (directory / "signalbox.yaml").write_text(json.dumps(top))
        for number, part in enumerate(tenants):
            (directory / f"tenants-{number:04}.yaml").write_text(json.dumps({"tenants": part}))
        self.start()

    def start(self):
        """Seconds until it is ready."""
        begun = time.monotonic()
        command = [self.place.signalbox, "serve", "--config", self.directory / "signalbox.yaml"]
        self.programs = [Program(command, self.directory / "log")]
        self.programs[0].wait_for(self.ready, "the daemon's start")
        return time.monotonic() - begun

    def ready(self):
        try:
            return ask(self.admin_port, "/readyz") is not None
        except OSError:
            return False

    def pending(self):
        return json.loads(ask(self.admin_port, "/v1/status"))["pending"]

    def circuit(self, tenant, target):
        """Of a target: closed, open or half_open."""
        targets = json.loads(ask(self.admin_port, f"/v1/tenants/{tenant}"))["targets"]
        return next(one["circuit"] for one in targets if one["name"] == target)

    def end(self):
        for program in self.programs:
            program.end()


class Target:
    """`signalbox bench target`: counts what it gets.  `fail_first` and the like are its options."""

    def __init__(self, place, directory, port=None, **options):
        self.port = port or free_port()
        arguments = [part for name, value in options.items() for part in ("--" + name.replace("_", "-"), value)]
        self.program = Program([place.signalbox, "bench", "target", "--port", self.port, *arguments], directory / f"target-{self.port}.log")
        self.program.wait_for(lambda: listens(self.port), "the target's start")

    def url(self, path="/sink"):
        return f"http://127.0.0.1:{self.port}{path}"

    def stats(self):
        return json.loads(ask(self.port, "/stats"))

    def reset(self):
        ask(self.port, "/reset", "POST")

    @staticmethod
    def count(stats, what, path=None):
        return stats["paths"].get(path, {}).get(what, 0) if path else stats[what]

    def wait_for(self, events, what="unique", path=None, longest=3600):
        """The figures once so many have come, or nothing does any more."""
        begun = changed = time.monotonic()
        last = -1
        while True:
            stats, now = self.stats(), time.monotonic()
            if self.count(stats, what, path) != last:
                last, changed = self.count(stats, what, path), now
            if last >= events or now - changed > QUIET_SECONDS or now - begun > longest:
                return stats
            time.sleep(0.02)

    def end(self):
        self.program.end()


class Running(contextlib.ExitStack):
    """Ends in the opposite order what was started in it."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def directory(self, name):
        return self.enter_context(self.place.directory(name))

    def program(self, command, log, **options):
        program = Program(command, log, **options)
        self.callback(program.end)
        return program

    def target(self, **options):
        target = Target(self.place, self.directory("target"), **options)
        self.callback(target.end)
        return target

    def daemon(self, tenants, **options):
        daemon = Daemon(self.place, self.directory("daemon"), tenants, **options)
        self.callback(daemon.end)
        return daemon

    def bare_beast(self):
        """The server that keeps nothing."""
        port = free_port()
        command = [self.place.bench("bare_beast"), port, os.cpu_count()]
        program = self.program(command, self.directory("bare") / "log")
        program.wait_for(lambda: listens(port), "the bare server's start")
        return Relay(self.place, port, "/", [program])

    def durable_relay(self, target):
        """The least that a durable relay can be."""
        port, directory = free_port(), self.directory("relay")
        program = self.program([self.place.bench("durable_relay"), port, directory / "store", target.port, 64], directory / "log")
        program.wait_for(lambda: listens(port), "the relay's start")
        return Relay(self.place, port, "/", [program])

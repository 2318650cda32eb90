"""What the measurements of goals share: how much of everything, the tenants of a daemon, events on their whole way."""
import dataclasses

from figures import Figure
from processes import Place, Running

CONNECTIONS = 64
BATCH = 100
KEYS = [{"name": "bench", "token_file": "token", "may": ["publish"]}]


@dataclasses.dataclass
class Scale:
    """How much of everything."""
    rounds: int = 5
    seconds: float = 3
    waiting: int = 10_000_000
    retries: int = 1_000_000
    retry_seconds: int = 60
    rules: int = 10_000
    tenants: int = 1_000
    idle_seconds: float = 30


@dataclasses.dataclass
class Bench:
    place: Place
    scale: Scale
    lines: dict = dataclasses.field(default_factory=dict)  # for plots, by their name

    def running(self):
        return Running(self.place)

    def rounds(self):
        """Numbers them and says so."""
        for number in range(self.scale.rounds):
            print(f"  round {number + 1} of {self.scale.rounds}", flush=True)
            yield number


def turn_about(number, *things):
    """`things` in the order for that round: which is first changes, for what comes later finds a fuller store."""
    return things[::-1] if number % 2 else things


def http(url, **settings):
    return {"http": {"url": url, **settings}}


def acme(targets, channels):
    return {"acme": {"keys": KEYS, "targets": targets, "channels": channels}}


def one_rule(target, path="/sink", **settings):
    """A channel `busy` with a rule that takes everything."""
    return [acme({"sink": http(target.url(path), **settings)}, {"busy": {"rules": {"all": {"to": ["sink"]}}}, "quiet": {}})]


@dataclasses.dataclass
class Passage:
    """What came of events sent through a relay to a target, until all are there."""
    rate: float  # deliveries a second, from the first to the last
    cpu_us: float  # of the relay, for an event
    p50_ms: float  # due to receipt
    p99_ms: float
    missing: int


def pass_through(relay, target, scale, rate=0, deliveries=1, path=None, counted=None):
    """`counted`: of this path only it is checked whether all are there."""
    target.reset()
    before_us = relay.cpu_us()
    sent = relay.send(scale.seconds, path=path, connections=CONNECTIONS, rate=rate)
    wanted = sent["acknowledged"] * deliveries
    stats = target.wait_for(wanted, path=counted)
    if not stats["unique"]:
        raise RuntimeError(f"nothing was delivered: {sent}")
    received = target.count(stats, "unique", counted)
    return Passage(stats["events_per_second"], (relay.cpu_us() - before_us) * deliveries / stats["unique"], stats["p50_us"] / 1e3,
                   stats["p99_us"] / 1e3, max(0, wanted - received))


def nothing_missing(goal, count, of=""):
    return Figure(goal, f"events missing at the target{of}", f"{count:,}", wanted="none", toward=[0 if count else 1])

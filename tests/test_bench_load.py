"""What bench.load reports: percentiles, errors that are not passed over, memory as the system tells it."""

import os
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bench.load import Served, Stage, _percentile, memory, run_stage, table, waiting

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, which only Linux has")


@pytest.mark.parametrize(
    ("seconds", "percent", "expected"),
    [([0.1], 50, 100.0), ([n / 1000 for n in range(1, 101)], 50, 51.0), ([n / 1000 for n in range(1, 101)], 99, 100.0)],
)
def test_percentiles_are_milliseconds(seconds: list[float], percent: int, expected: float) -> None:
    assert _percentile(seconds[::-1], percent) == pytest.approx(expected)


def test_errors_stand_in_the_table() -> None:
    stages = [
        Stage(name="甲", seconds=2.0, took=[0.01] * 10, memory=[(3 << 20, 2 << 20)], beside="没有"),
        Stage(name="乙", seconds=2.0, took=[0.01], errors=Counter({"503": 7}), beside="没有"),
    ]
    text = table(stages, {"clauses": 1234, "workers": 2, "clients": 32})
    assert "| 出错 | 0 | 503 7 次 |" in text
    assert "| 每秒 | 5.0 | 0.5 |" in text
    assert "| 各进程内存（RSS，MB） | 3 |  |" in text


@LINUX
def test_memory_is_what_the_system_tells() -> None:
    resident, shared = memory(os.getpid())
    assert 10 << 20 < shared <= resident


class EveryThirdFails(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked += 1
        self.send_response(503 if self.asked % 3 == 0 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class NoWorkers(Served):
    def workers(self) -> list[int]:
        return []


@pytest.mark.parametrize("fails", [False, True])
def test_clients_count_every_answer_and_stop_when_told(fails: bool) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), EveryThirdFails)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    EveryThirdFails.asked = 0
    served = NoWorkers(process=None, port=server.server_port, key="")  # type: ignore[arg-type]

    def beside() -> str:
        if fails:
            raise RuntimeError("it broke")
        return waiting(0.3)

    stage = run_stage("甲", served, ["甲问", "乙问"], 4, beside)
    server.shutdown()
    server.server_close()
    answered, refused = len(stage.took), stage.errors["503"]
    assert answered + refused == EveryThirdFails.asked
    assert fails == any("it broke" in name for name in stage.errors)
    assert fails or refused == EveryThirdFails.asked // 3 > 0

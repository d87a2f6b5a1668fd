"""``qa serve``: the HTTP service with its pages and widget, in one process or in several."""

import os
import socket
from functools import partial
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from qa.cli_state import State, state
from qa.config import ServiceSettings
from qa.errors import UsageError

app = typer.Typer()

_STOP_SECONDS = 5
"""How long after the time of one request the service waits at its end for those in progress."""

_SILENT_SECONDS = 60
"""How long a worker may be silent before it is replaced: on a busy machine one needs that long to load, and would be
ended again and again before it is there. One that has died is replaced at once."""


@app.command(
    help="启动 HTTP 服务：接口、网页和挂件。\n\n没有密钥时只在本机监听；见 qa keys。Ctrl-C 结束，进行中的请求先做完。"
)
def serve(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(metavar="HOST", help="监听的地址（默认见设置 service.host）。")] = None,
    port: Annotated[int | None, typer.Option(metavar="PORT", min=0, max=65535, help="端口；0：任选空闲的。")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", min=1, max=64, help="工作进程数。")] = None,
) -> None:
    """Serves until it is stopped."""
    current = state(ctx)
    given = {name: value for name, value in (("host", host), ("port", port), ("workers", workers)) if value is not None}
    run_serve(current, current.settings.service.model_copy(update=given))


def run_serve(current: State, chosen: ServiceSettings) -> None:
    """Serves until it is stopped.

    Raises:
        UsageError: the address cannot be used, or may not be without keys.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from qa.api import serve_app
    from qa.http import logs
    from qa.keys import keys_of

    settings = current.settings.model_copy(update={"service": chosen})
    if not keys_of(settings).all():
        _check_host(chosen)
    listening = _listen(chosen.host, chosen.port)
    config = uvicorn.Config(
        partial(serve_app, settings),
        factory=True,
        workers=chosen.workers,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=chosen.timeout_seconds + _STOP_SECONDS,
        timeout_worker_healthcheck=_SILENT_SECONDS,
    )
    current.talk(f"政策问答：{_address(chosen.host, listening)}　按 Ctrl-C 结束。")
    if chosen.workers == 1:
        uvicorn.Server(config).run(sockets=[listening])
        return
    logs.configure()
    with TemporaryDirectory(prefix="qa-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # prometheus-client in the workers reads it
        Multiprocess(config, sockets=[listening]).run()


def _check_host(chosen: ServiceSettings) -> None:
    from qa.http.access import is_loopback

    if not chosen.public and not is_loopback(chosen.host):
        raise UsageError(
            f"还没有密钥，不能在 {chosen.host} 上监听：谁都能提问、写入和删除。请先用 qa keys add 名字 建立密钥，"
            "或在 config.yaml 里设 service.public: true（人人可以提问，写入仍要密钥），或只在本机监听：--host 127.0.0.1"
        )


def _listen(host: str, port: int) -> socket.socket:
    """A socket at the address. Raises UsageError where that cannot be."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise UsageError(
            f"不能在 {host} 的 {port} 端口上监听（{error.strerror}）；可能已有程序占用，请用 --port 换一个。"
        ) from error


def _address(host: str, listening: socket.socket) -> str:
    port = listening.getsockname()[1]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"

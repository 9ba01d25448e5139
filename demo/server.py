"""One Odoo server process for one agency: its own database, port, configuration, files and log."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from . import database
from .places import ROOT, VAR, free_port
from .places import port as port_or_free

_TROUBLE = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*", re.MULTILINE)


class ServerFailed(Exception):
    """The process ended or did not answer in time; the message ends with the last lines of its log."""


class OdooServer:
    """Start, stop, kill and restart one server.

    :param name: short name, also of its folder ``var/demo/<name>``
    :param db: name of the database; it must exist before `start`
    :param wanted: preferred port (a free one is taken when it is in use)
    :param environment: added to the process's environment (token module, secrets)
    """

    def __init__(self, name: str, db: str, wanted: int | None = None, environment: dict[str, str] | None = None):
        self.name, self.db = name, db
        self.port = port_or_free(wanted) if wanted else free_port()
        self.folder = VAR / "demo" / name
        self.data = self.folder / "data"
        self.log_file = VAR / "log" / f"demo-{name}.log"
        self.environment = dict(environment or {})
        self.process: subprocess.Popen | None = None
        self.crons = 1
        atexit.register(self.kill)  # a broken run leaves no server behind

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _configure(self) -> Path:
        config = self.folder / "odoo.conf"
        self.data.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        settings = {
            "addons_path": database.addons_path(),
            "data_dir": self.data,
            "db_host": os.environ["PGHOST"],
            "db_port": os.environ["PGPORT"],
            "db_user": os.environ["PGUSER"],
            "db_name": self.db,
            "list_db": False,
            "http_interface": "127.0.0.1",
            "http_port": self.port,
            "logfile": self.log_file,
            "unaccent": True,
            "workers": 0,
            "max_cron_threads": self.crons,
            # Registration uses two connections; so many clients at once must find them.
            "db_maxconn": 80,
            "limit_time_real": 600,
            "limit_time_real_cron": 600,
            "limit_memory_hard": 0,
            "limit_memory_soft": 0,
        }
        lines = ["[options]", *(f"{key} = {value}" for key, value in settings.items())]
        config.write_text("\n".join(lines) + "\n")
        return config

    def start(self, timeout: float = 120) -> OdooServer:
        """Start the process and wait until it answers.

        :raises ServerFailed: it ended or did not answer within `timeout` seconds
        """
        config = self._configure()
        environment = {**database.odoo_environment(), "ODOO_MAX_HTTP_THREADS": "36", **self.environment}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "odoo", "server", "--config", str(config)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "stderr.txt").open("ab"),
            start_new_session=True,
        )
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(requests.RequestException):
                # /web/login, not /web/health: only the former proves that the database's registry is loaded.
                if requests.get(self.base + "/web/login", timeout=timeout, proxies={"http": ""}).status_code == 200:
                    return self
            time.sleep(0.1)
        tail = self.log()[-3000:]
        self.kill()
        raise ServerFailed(f"{self.name}: the server does not answer\n{tail}")

    def stop(self) -> None:
        """Stop in an orderly way (SIGTERM), by force after ten seconds."""
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """SIGKILL, as a power cut does it."""
        if self.process:
            self.process.kill()
            self.process.wait(10)
        self.process = None

    @property
    def running(self) -> bool:
        return bool(self.process) and self.process.poll() is None

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def trouble(self) -> list[str]:
        """Return the lines of the log that are warnings or errors."""
        return _TROUBLE.findall(self.log())

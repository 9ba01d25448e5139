"""The leader's own machine: the signing agent with the token, and what the browser's page does to sign.

Server and token never meet: the server prepares, the agent signs on this side, the server completes.
"""

from __future__ import annotations

import atexit
import os
import re
import shlex
import subprocess
import sys
import threading
import time

import requests

from .pki import AgencyKeys, demo_pki
from .places import ADDONS
from .site import Site

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_CODE = re.compile(r"Mã ghép nối: (\d{4}) (\d{4})")


class AgentFailed(Exception):
    """The agent did not start or refused; the message is what the page would show."""


class Workstation:
    """One leader's machine. `start` runs the agent and pairs it with the agency's system."""

    def __init__(self, site: Site, keys: AgencyKeys):
        self.site, self.keys = site, keys
        self.process: subprocess.Popen | None = None
        self.said: list[str] = []
        self.address = ""
        self._headers: dict[str, str] = {}
        atexit.register(self.stop)

    @property
    def login(self) -> str:
        return self.site.agency.leader.login

    def start(self, timeout: float = 30) -> Workstation:
        token = self.keys.leader_token
        state = self.site.server.folder / "agent" / "pairing.json"
        state.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "agent",
            "--module",
            demo_pki.MODULE,
            "--port",
            "0",
            "--state",
            str(state),
            "--pair",
            "--pin-program",
            shlex.join(["cat", str(token.pin_file)]),
        ]
        environment = {**os.environ, **self.keys.leader.environment, "PYTHONPATH": str(ADDONS / "vanban_signing")}
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        code = self._wait(_CODE, timeout)
        self.address = self._wait(_ADDRESS, timeout).group()
        self._headers = {"Origin": self.site.server.base}
        # What the person does once: types the code that the agent shows into the page.
        paired = self._ask("POST", "/pair", {"code": code.group(1) + code.group(2)})
        self._headers["Authorization"] = f"Bearer {paired['token']}"
        return self

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.said.append(line.rstrip())

    def _wait(self, pattern: re.Pattern, timeout: float) -> re.Match:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in list(self.said):
                found = pattern.search(line)
                if found:
                    return found
            time.sleep(0.05)
        raise AgentFailed("\n".join(self.said) or "the agent says nothing")

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        answer = requests.request(
            method, self.address + path, json=body, headers=self._headers, timeout=60, proxies={"http": ""}
        )
        found = answer.json()
        if answer.status_code != 200:
            raise AgentFailed(f"{found.get('code')}: {found.get('error')}")
        return found

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        self.process = None

    def sign(self, documents: list[int]) -> str:
        """Sign documents that wait for the leader: one unlock of the token for all of them.

        :return: holder and serial number on the certificate used
        :raises AgentFailed: the agent or the server refused one of them
        """
        leader = self.site.user(self.login)
        prepared = leader.call("vanban.document", "action_sign_prepare", documents)
        if prepared["errors"]:
            raise AgentFailed("; ".join(row["message"] for row in prepared["errors"]))
        own = self._ask("GET", "/certificates")["certificates"]
        if prepared["certificate"] not in [row["id"] for row in own]:
            raise AgentFailed("the token does not hold the registered certificate")
        batch = [{key: row[key] for key in ("id", "name", "digest_hex", "attrs_b64")} for row in prepared["batch"]]
        signed = self._ask("POST", "/sign", {"certificate": prepared["certificate"], "batch": batch})
        answers = leader.call(
            "vanban.document",
            "action_sign_complete_batch",
            documents,
            results=signed["results"],
            certificate_b64=signed["certificate_b64"],
            token_serial=signed["token_serial"],
        )
        failed = [row["message"] for row in answers if not row["ok"]]
        if failed:
            raise AgentFailed("; ".join(failed))
        return f"{prepared['certificate_name']}, số chứng thư {prepared['certificate_serial']}"

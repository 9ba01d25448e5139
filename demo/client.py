"""HTTP clients that speak to Odoo exactly as people's programs do.

`WebUser` is the web client: a session cookie and ``/web/dataset/call_kw``. `KeyUser` is an outside program with a
person's API key: ``/json/2/<model>/<method>``. Neither has a way around rights: what a client may do, these may do.
"""

from __future__ import annotations

import base64
import itertools
from pathlib import Path
from typing import Any

import requests

LANG = {"lang": "vi_VN", "tz": "Asia/Ho_Chi_Minh"}


class RpcError(Exception):
    """The server refused a call. `message` is what a person would read, `name` the exception's class."""

    def __init__(self, message: str, name: str = "", debug: str = ""):
        super().__init__(message)
        self.message, self.name, self.debug = message, name, debug


class ServerUnreachable(Exception):
    """No answer at all: the server is down or died while answering."""


class _Caller:
    """The shorthand both clients share, on top of their `call`."""

    def call(self, model: str, method: str, ids=None, /, **kwargs) -> Any:
        raise NotImplementedError

    def create(self, model: str, vals: dict | list[dict], **kwargs) -> Any:
        ids = self.call(model, "create", vals_list=vals if isinstance(vals, list) else [vals], **kwargs)
        return ids if isinstance(vals, list) else ids[0]

    def write(self, model: str, ids: int | list[int], vals: dict) -> bool:
        return self.call(model, "write", ids, vals=vals)

    def unlink(self, model: str, ids: int | list[int]) -> bool:
        return self.call(model, "unlink", ids)

    def read(self, model: str, ids: int | list[int], fields: list[str]) -> Any:
        rows = self.call(model, "read", ids, fields=fields)
        return rows[0] if isinstance(ids, int) else rows

    def value(self, model: str, record: int, field: str) -> Any:
        """Return one field of one record; a many2one as its id."""
        found = self.read(model, record, [field])[field]
        return found[0] if isinstance(found, list) and len(found) == 2 and isinstance(found[1], str) else found

    def find(self, model: str, domain: list, fields: list[str], **kwargs) -> list[dict]:
        return self.call(model, "search_read", domain=domain, fields=fields, **kwargs)

    def search(self, model: str, domain: list, **kwargs) -> list[int]:
        return self.call(model, "search", domain=domain, **kwargs)

    def one(self, model: str, domain: list) -> int:
        """Return the id of the only record of the domain; raise LookupError otherwise."""
        ids = self.search(model, domain, limit=2)
        if len(ids) != 1:
            raise LookupError(f"{model} {domain}: {len(ids)} found, one expected")
        return ids[0]

    def count(self, model: str, domain: list) -> int:
        return self.call(model, "search_count", domain=domain)


def _id_list(ids) -> list[int]:
    if ids is None:
        return []
    return [ids] if isinstance(ids, int) else list(ids)


class WebUser(_Caller):
    """One person at the web client.

    :param base: address of the server, for instance ``http://127.0.0.1:18069``
    :raises RpcError: wrong login or password
    """

    _numbers = itertools.count(1)

    def __init__(self, base: str, database: str, login: str, password: str, timeout: float = 180, verify=True):
        self.base, self.database, self.login, self.password = base.rstrip("/"), database, login, password
        self.timeout = timeout
        self.http = requests.Session()
        self.http.verify = verify
        self.http.trust_env = False
        answer = self._post("/web/session/authenticate", {"db": database, "login": login, "password": password})
        if not answer or not answer.get("uid"):
            raise RpcError(f"Đăng nhập không thành công: {login}", "AccessDenied")
        self.uid: int = answer["uid"]

    def _post(self, path: str, params: dict) -> Any:
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._numbers), "params": params}
        try:
            answer = self.http.post(self.base + path, json=body, timeout=self.timeout)
        except requests.RequestException as error:
            raise ServerUnreachable(str(error)) from error
        if answer.status_code != 200:
            raise RpcError(f"HTTP {answer.status_code}: {answer.text[:300]}", f"HTTP{answer.status_code}")
        found = answer.json()
        if "error" in found:
            data = found["error"].get("data") or {}
            message = data.get("message") or found["error"].get("message", "")
            raise RpcError(message, data.get("name", ""), data.get("debug", ""))
        return found.get("result")

    def call(self, model: str, method: str, ids=None, /, context: dict | None = None, **kwargs) -> Any:
        kwargs["context"] = {**LANG, **(context or {})}
        args = [] if ids is None else [_id_list(ids)]
        if method == "create" and "vals_list" in kwargs:
            args = [kwargs.pop("vals_list")]  # the web client sends it by position, and the server counts on that
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self._post(path, {"model": model, "method": method, "args": args, "kwargs": kwargs})

    def get(self, path: str) -> requests.Response:
        """Open a page or a file as the browser of this person does."""
        try:
            return self.http.get(self.base + path, timeout=self.timeout)
        except requests.RequestException as error:
            raise ServerUnreachable(str(error)) from error

    def download(self, model: str, record: int, field: str) -> bytes:
        answer = self.get(f"/web/content?model={model}&id={record}&field={field}&download=true")
        if answer.status_code != 200:
            raise RpcError(f"HTTP {answer.status_code}", f"HTTP{answer.status_code}")
        return answer.content

    def make_api_key(self, name: str, days: int = 1) -> str:
        """Make a key of this account as the preferences dialog does: the password is asked again."""
        wizard = self.create("res.users.apikeys.description", {"name": name, "duration": str(days)})
        action = self.call("res.users.apikeys.description", "make_key", wizard)
        if action["res_model"] == "res.users.identitycheck":
            action = self.call(
                "res.users.identitycheck", "run_check", action["res_id"], context={"password": self.password}
            )
        return action["context"]["default_key"]


class KeyUser(_Caller):
    """An outside program acting with one person's API key through JSON-2."""

    def __init__(self, base: str, database: str, key: str, timeout: float = 180, verify=True):
        self.base, self.timeout = base.rstrip("/"), timeout
        self.http = requests.Session()
        self.http.verify = verify
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {key}"
        self.http.headers["X-Odoo-Database"] = database

    def call(self, model: str, method: str, ids=None, /, context: dict | None = None, **kwargs) -> Any:
        body = {**kwargs, "context": {**LANG, **(context or {})}}
        if ids is not None:
            body["ids"] = _id_list(ids)
        try:
            answer = self.http.post(f"{self.base}/json/2/{model}/{method}", json=body, timeout=self.timeout)
        except requests.RequestException as error:
            raise ServerUnreachable(str(error)) from error
        if answer.status_code != 200:
            try:
                found = answer.json()
            except ValueError:
                found = {"message": answer.text[:300], "name": f"HTTP{answer.status_code}"}
            raise RpcError(found.get("message", ""), found.get("name", ""), found.get("debug", ""))
        return answer.json()


def b64(data: bytes | Path) -> str:
    """Return bytes (or a file's bytes) as the text that RPC carries."""
    return base64.b64encode(data.read_bytes() if isinstance(data, Path) else data).decode()

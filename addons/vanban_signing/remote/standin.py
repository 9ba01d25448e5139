"""What the stand-in services share: requests waiting for the phone, software or PKCS#11 keys, a user page to confirm.

``GET /phone`` lists what waits (the app on the phone), ``POST /phone/<reference>/<yes|no>`` answers.
"""

import argparse
import asyncio
import hashlib
import html
import secrets
import sys
import time
from pathlib import Path

from aiohttp import web

from agent.token import Module


class Keys:
    """The keys that the service holds for its users, one token for each credential, opened with the service's own PIN."""

    def __init__(self, module, folder, labels):
        self._module, self._folder, self._labels = Module(module), Path(folder), labels

    def certificate(self, credential):
        """``agent.token.Certificate`` of a credential, or None."""
        label = self._labels.get(credential)
        return next((one for one in self._module.certificates() if one.token == label), None)

    def sign(self, credential, digests):
        """Raw RSA signatures over SHA-256 digests."""
        from pkcs11 import Mechanism

        certificate = self.certificate(credential)
        pin = (self._folder / f"{self._labels[credential]}.pin").read_text().strip()
        key = self._module.open(certificate, pin)
        try:
            return [bytes(key._private.sign(DIGEST_INFO + digest, mechanism=Mechanism.RSA_PKCS)) for digest in digests]
        finally:
            self._module.close()


# DER of DigestInfo for SHA-256 (RFC 8017, 9.2)
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


class Waiting:
    """Requests by reference: state ``waiting``, ``yes``, ``no``, ``cancelled``; ``lives`` in seconds."""

    def __init__(self, lives):
        self.rows, self._lives = {}, lives

    def add(self, credential, digests, names, text):
        reference = secrets.token_hex(10)
        self.rows[reference] = {
            "credential": credential, "digests": digests, "names": names, "text": text, "state": "waiting", "since": time.monotonic(),
        }  # fmt: skip
        return reference

    def state(self, reference):
        row = self.rows.get(reference)
        if row is None:
            return "unknown"
        if row["state"] == "waiting" and time.monotonic() - row["since"] > self._lives:
            row["state"] = "expired"
        return row["state"]


async def _phone(request):
    waiting = request.app["waiting"]
    rows = "".join(
        f"<li><b>{html.escape(row['text'])}</b> {len(row['digests'])}: {html.escape(', '.join(row['names'][:5]))}"
        f"<form method=post action='/phone/{reference}/yes'><button class=yes>Xác nhận</button></form>"
        f"<form method=post action='/phone/{reference}/no'><button class=no>Từ chối</button></form></li>"
        for reference, row in waiting.rows.items()
        if waiting.state(reference) == "waiting"
    )
    page = f"<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><h1>Ký số</h1><ul>{rows}</ul>"
    return web.Response(text=page, content_type="text/html")


async def _answer(request):
    row = request.app["waiting"].rows[request.match_info["reference"]]
    if row["state"] == "waiting":
        row["state"] = request.match_info["answer"]
    raise web.HTTPSeeOther("/phone")


async def _log(request):
    return web.json_response({"calls": request.app["calls"], "waiting": len(request.app["waiting"].rows)})


@web.middleware
async def _trouble(request, handler):
    request.app["calls"].append(request.path)
    trouble = request.app["trouble"]
    if not request.path.startswith("/phone") and request.path != "/calls":
        if trouble == "down":
            return web.Response(status=503, text="down")
        if trouble == "garbage":
            return web.Response(text="<html>", content_type="application/json")
        if trouble == "slow":
            await asyncio.sleep(60)
    return await handler(request)


def run(name, routes, arguments=None):
    """Parse the command line and serve ``routes(app)`` on 127.0.0.1 until killed."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--module", required=True)
    parser.add_argument("--tokens", required=True, help="folder of the token store (PIN files)")
    parser.add_argument("--credential", action="append", required=True, help="credential=label of its token")
    parser.add_argument("--client", required=True)
    parser.add_argument("--secret-file", required=True)
    parser.add_argument("--lives", type=float, default=300, help="seconds that a request waits")
    parser.add_argument("--trouble", default="", help="down, garbage, slow, wrong-signature, short")
    options = parser.parse_args(arguments)
    app = web.Application(middlewares=[_trouble])
    app["keys"] = Keys(options.module, options.tokens, dict(item.split("=", 1) for item in options.credential))
    app["waiting"], app["trouble"], app["calls"] = Waiting(options.lives), options.trouble, []
    app["client"], app["secret"] = options.client, Path(options.secret_file).read_text().strip()
    app.router.add_get("/phone", _phone)
    app.router.add_post("/phone/{reference}/{answer}", _answer)
    app.router.add_get("/calls", _log)
    routes(app)
    asyncio.run(_serve(app, options.port))
    return 0


async def _serve(app, port):
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    sys.stdout.write(f"listening on {site._server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def spoiled(app, signatures):
    """Signatures as the trouble of this service makes them."""
    if app["trouble"] == "wrong-signature":
        return [hashlib.sha256(one).digest() * 8 for one in signatures]
    return signatures[1:] if app["trouble"] == "short" else signatures



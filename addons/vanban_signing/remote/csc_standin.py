"""``python -m remote.csc_standin …``: a CSC v2 service for tests, a process of its own with real keys (options: remote.standin)."""

import base64
import secrets
import sys

from aiohttp import web

from remote import standin


async def _token(request):
    body, app = await request.json(), request.app
    if body.get("client_id") != app["client"] or body.get("client_secret") != app["secret"]:
        return web.json_response({"error": "invalid_client"}, status=401)
    app["tokens"].add(token := secrets.token_urlsafe(16))
    return web.json_response({"access_token": token, "token_type": "Bearer", "expires_in": 600})


def _guarded(handler):
    async def run(request):
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token not in request.app["tokens"]:
            return web.json_response({"error": "invalid_token"}, status=401)
        return await handler(request.app, await request.json())

    return run


def _unknown():
    return web.json_response({"error": "invalid_request", "error_description": "Invalid parameter credentialID"}, status=400)


async def _info(app, body):
    certificate = app["keys"].certificate(body.get("credentialID"))
    if certificate is None:
        return _unknown()
    return web.json_response(
        {
            "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.11"], "len": 2048},
            "cert": {"status": "valid", "certificates": [base64.b64encode(certificate.der).decode()]},
            "auth": {"mode": "implicit"},
            "multisign": 500,
        }
    )


async def _authorize(app, body):
    credential = body.get("credentialID")
    if app["keys"].certificate(credential) is None:
        return _unknown()
    digests = [base64.b64decode(item) for item in body["hashes"]]
    if body["numSignatures"] != len(digests) or any(len(one) != 32 for one in digests):
        return web.json_response({"error": "invalid_request", "error_description": "hashes"}, status=400)
    names = [item["name"] for item in body.get("documents", [])]
    return web.json_response({"handle": app["waiting"].add(credential, digests, names, body.get("description", ""))})


async def _check(app, body):
    state = app["waiting"].state(body.get("handle"))
    if state == "waiting":
        return web.json_response({"error": "authorization_pending"}, status=400)
    if state != "yes":
        error = {"no": "access_denied", "expired": "expired_token"}.get(state, "invalid_request")
        return web.json_response({"error": error}, status=400)
    app["sads"][sad := secrets.token_urlsafe(16)] = body["handle"]
    return web.json_response({"SAD": sad, "expiresIn": 60})


async def _cancel(app, body):
    if body.get("handle") in app["waiting"].rows:
        app["waiting"].rows[body["handle"]]["state"] = "cancelled"
    return web.json_response({})


async def _sign(app, body):
    row = app["waiting"].rows.get(app["sads"].pop(body.get("SAD"), None))
    digests = [base64.b64decode(item) for item in body["hashes"]]
    # a SAD opens the key for exactly the hashes that the signer has seen
    if row is None or row["credential"] != body.get("credentialID") or row["digests"] != digests:
        return web.json_response({"error": "invalid_request", "error_description": "Invalid parameter SAD"}, status=400)
    signatures = standin.spoiled(app, app["keys"].sign(row["credential"], digests))
    return web.json_response({"signatures": [base64.b64encode(one).decode() for one in signatures]})


def _routes(app):
    app["tokens"], app["sads"] = set(), {}
    app.router.add_post("/csc/v2/oauth2/token", _token)
    for path, handler in {
        "credentials/info": _info, "credentials/authorize": _authorize, "credentials/authorizeCheck": _check,
        "credentials/authorizeCancel": _cancel, "signatures/signHash": _sign,
    }.items():  # fmt: skip
        app.router.add_post(f"/csc/v2/{path}", _guarded(handler))


if __name__ == "__main__":
    sys.exit(standin.run("remote.csc_standin", _routes))

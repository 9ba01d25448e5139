"""``python -m remote.smartca_standin …``: a SmartCA-like service for tests, a process of its own with real keys (options: remote.standin)."""

import base64
import sys

from aiohttp import web

from remote import standin


def _answer(data=None, *, code=200, message="SUCCESS"):
    return web.json_response({"status_code": code, "message": message, "data": data})


def _guarded(handler):
    async def run(request):
        body, app = await request.json(), request.app
        if body.get("sp_id") != app["client"] or body.get("sp_password") != app["secret"]:
            return _answer(code=401, message="INVALID_SP")
        return await handler(app, body, request.match_info.get("reference"))

    return run


async def _certificate(app, body, _reference):
    found = app["keys"].certificate(body.get("user_id"))
    if found is None:
        return _answer(code=404, message="USER_NOT_FOUND")
    data = {"cert_id": found.id, "serial_number": found.serial, "cert_data": base64.b64encode(found.der).decode()}
    return _answer({"user_certificates": [data]})


async def _sign(app, body, _reference):
    if app["keys"].certificate(body.get("user_id")) is None:
        return _answer(code=404, message="USER_NOT_FOUND")
    files = body["sign_files"]
    digests = [bytes.fromhex(item["data_to_be_signed"]) for item in files]
    names = [item.get("doc_name", "") for item in files]
    reference = app["waiting"].add(body["user_id"], digests, names, body.get("transaction_desc", ""))
    return _answer({"transaction_id": body["transaction_id"], "tran_code": reference, "expired_in": 300})


async def _status(app, _body, reference):
    state = app["waiting"].state(reference)
    if state == "waiting":
        return _answer({"transaction_id": reference, "signatures": None}, message="WAITING_FOR_USER")
    if state != "yes":
        return _answer(code={"no": 4001, "expired": 4002}.get(state, 404), message=state.upper())
    row = app["waiting"].rows[reference]
    signatures = standin.spoiled(app, app["keys"].sign(row["credential"], row["digests"]))
    return _answer(
        {
            "signatures": [
                {"doc_id": str(index), "signature_value": base64.b64encode(one).decode()} for index, one in enumerate(signatures)
            ]
        }
    )


async def _cancel(app, _body, reference):
    if reference in app["waiting"].rows:
        app["waiting"].rows[reference]["state"] = "cancelled"
    return _answer({})


def _routes(app):
    for path, handler in {
        "credentials/get_certificate": _certificate, "signatures/sign": _sign,
        "signatures/sign/{reference}/status": _status, "signatures/sign/{reference}/cancel": _cancel,
    }.items():  # fmt: skip
        app.router.add_post(f"/v1/{path}", _guarded(handler))


if __name__ == "__main__":
    sys.exit(standin.run("remote.smartca_standin", _routes))

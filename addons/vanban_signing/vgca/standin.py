"""``python -m vgca.standin --certificate TLS.pem --key TLS.key --module LIB --pin-file FILE``: plays the tool in tests.

A process of its own: TLS WebSocket on 127.0.0.1, a real PKCS#11 token, its own signature field as the real tool makes it.
``--trouble`` misbehaves on purpose: ``cancel``, ``unsigned``, ``rewritten``, ``other-file``, ``twice``, ``garbage``, ``large``, ``silent``.
"""

import argparse
import asyncio
import io
import json
import ssl
import sys
from pathlib import Path

import aiohttp
from aiohttp import web
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from agent.token import Module
from pades import container, sign

VERSION = "standin 1.0"
FUNCTIONS = ("SignApproved", "SignIssued", "SignIncome", "SignAppendix", "SignCopy")


class Tool:
    """The token and what the tool does with a file."""

    def __init__(self, module, pin_file, label=None, trouble=""):
        self._module, self._pin, self._label, self.trouble = Module(module), Path(pin_file), label, trouble

    def sign(self, raw, wanted=None):
        """One incremental update with a signature in the wanted field, else in a new field at the foot of the last page."""
        certificate = next(one for one in self._module.certificates() if self._label in (None, one.token))
        key = self._module.open(certificate, self._pin.read_text().strip())
        try:
            return asyncio.run(self._signed(raw, key, wanted))
        finally:
            self._module.close()

    @staticmethod
    async def _signed(raw, key, wanted):
        writer = IncrementalPdfFileWriter(io.BytesIO(raw))
        names = [name for name, _value, _ref in fields.enumerate_sig_fields(writer.prev, filled_status=False)]
        field = wanted if wanted in names else f"Signature{len(list(fields.enumerate_sig_fields(writer.prev))) + 1}"
        if field not in names:
            fields.append_signature_field(
                writer, fields.SigFieldSpec(field, on_page=-1, box=(60, 60, 240, 110))
            )
        meta = signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED
        )
        external = sign._external(key.certificate, ())
        signer = signers.PdfSigner(meta, signer=external)
        prepared, _tbs, stream = await signer.async_digest_doc_for_signing(writer, bytes_reserved=16384)
        attributes = await external.signed_attrs(prepared.document_digest, "sha256", use_pades=False)
        made = await container.build(external, attributes.dump(), key.sign(attributes.dump()), None)
        prepared.fill_with_cms(stream, made)
        return stream.getvalue()

    def spoil(self, raw, signed):
        """(bytes to send, how often) for the trouble that was asked for."""
        kinds = {
            "unsigned": raw + b"\n%%EOF\n",
            "rewritten": signed.replace(b"/Type /Page", b"/Type  /Page", 1)[1:],
            "other-file": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
            "garbage": b"MZ" + bytes(4000),
            "large": signed + bytes(30 * 1024 * 1024),
        }
        return kinds.get(self.trouble, signed), 2 if self.trouble == "twice" else 1


async def _one(tool, session, frame, source, field):
    async with session.get(source) as response:
        if response.status != 200:
            return {"Status": 1, "Message": f"HTTP {response.status}", "FileName": "", "FileServer": ""}
        raw = await response.read()
    signed = await asyncio.to_thread(tool.sign, raw, field)
    data, times = tool.spoil(raw, signed)
    answer = {}
    for _time in range(times):
        form = aiohttp.FormData()
        form.add_field("uploadfile", data, filename="../../signed.pdf", content_type="application/pdf")
        async with session.post(frame["FileUploadHandler"], data=form) as response:
            try:
                answer = json.loads(await response.text())
            except ValueError:
                answer = {"Status": False, "Message": f"HTTP {response.status}"}
    done = answer.get("Status") is True or answer.get("Status") == 0 and answer.get("Status") is not False
    return {
        "Status": 0 if done else 1,
        "Message": answer.get("Message", ""),
        "FileName": answer.get("FileName", ""),
        "FileServer": answer.get("FileServer", ""),
        "DocumentNumber": frame.get("DocNumber", ""),
        "DocumentDate": frame.get("IssuedDate", ""),
    }


async def _call(request):
    tool, function = request.app["tool"], request.match_info["function"]
    socket = web.WebSocketResponse(max_msg_size=2**20)
    await socket.prepare(request)
    text = (await socket.receive()).data
    if function == "GetVersion":
        answer = {"Status": 0, "Version": VERSION}
    elif tool.trouble == "cancel":
        answer = {"Status": 10, "Message": "Người dùng hủy", "FileName": "", "FileServer": ""}
    elif tool.trouble == "silent":
        await asyncio.sleep(1)
        answer = {"Status": 0, "Message": "", "FileName": "", "FileServer": ""}
    else:
        frame = json.loads(text)
        wanted = next((item["Value"] for item in frame.get("MetaData", []) if item["Key"] == "SignatureField"), None)
        connector = aiohttp.TCPConnector(ssl=request.app["trust"])
        async with aiohttp.ClientSession(connector=connector) as session:
            if function in FUNCTIONS:
                answer = await _one(tool, session, frame, frame["FileName"], wanted)
            elif function == "SignFiles":
                answers = [await _one(tool, session, frame, item["URL"], wanted) for item in frame["Files"]]
                answer = {"Status": max(one["Status"] for one in answers), "Message": "", "Files": answers}
            else:
                answer = {"Status": 1, "Message": "unknown function"}
    await socket.send_str(json.dumps(answer, ensure_ascii=False))
    await socket.close()
    return socket


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m vgca.standin")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", required=True, help="PEM of the TLS certificate")
    parser.add_argument("--key", required=True)
    parser.add_argument("--module", required=True)
    parser.add_argument("--pin-file", required=True)
    parser.add_argument("--label", help="label of the token")
    parser.add_argument("--trouble", default="")
    options = parser.parse_args(arguments)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    app = web.Application()
    app["tool"] = Tool(options.module, options.pin_file, options.label, options.trouble)
    app["trust"] = ssl.create_default_context()
    app.router.add_get("/{function}", _call)
    asyncio.run(_serve(app, context, options.port))


async def _serve(app, context, port):
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=context)
    await site.start()
    sys.stdout.write(f"listening on {site._server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(main())

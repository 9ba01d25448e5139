"""The network services of a demonstration CA over real HTTP: revocation list, OCSP, timestamps. With faults on demand.

``with Services(ca) as services:`` → ``services.url("crl")``, ``("ocsp")``, ``("tsa")``; ``services.fault["ocsp"] = "down"`` and so on:
``down`` (503), ``slow`` (waits ``services.delay`` seconds), ``drip`` (one byte at a time), ``junk``, ``huge``, ``expired``, ``replay`` (the first
answer for ever), ``liar`` (signed by a key of its own), ``redirect`` (to ``services.elsewhere``).
"""

import datetime
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp

_DAY = datetime.timedelta(days=1)
_TYPES = {"crl": "application/pkix-crl", "ocsp": "application/ocsp-response", "tsa": "application/timestamp-reply"}


class Services:
    """See the module. ``calls`` counts the requests of each kind."""

    def __init__(self, authority):
        self.authority = authority
        self.fault, self.calls, self.first = {}, {"crl": 0, "ocsp": 0, "tsa": 0}, {}
        self.delay, self.elsewhere = 5.0, "http://127.0.0.1:9/"
        self.stop = threading.Event()
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                services._answer(self, b"")

            def do_POST(self):
                services._answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.responder = self._holder({"common_name": "OCSP trình diễn"}, "ocsp")
        self.stamper = self._stamper({"common_name": "TSA trình diễn"})
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self, kind):
        return f"http://127.0.0.1:{self.server.server_address[1]}/{kind}"

    def issue_options(self):
        """Keyword arguments for ``Authority.issue`` that name these services in a certificate."""
        return {"crl_url": self.url("crl"), "ocsp_url": self.url("ocsp")}

    def _holder(self, attributes, usage, **validity):
        key = rsa.generate_private_key(65537, 2048)
        return key, self.authority.issue(key.public_key(), attributes, usage=usage, crl_url=self.url("crl"), **validity)

    def _stamper(self, attributes, **validity):
        # pyHanko's own responder for tests: it signs real RFC 3161 tokens
        from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        key, certificate = self._holder(attributes, "tsa", **validity)
        store = SimpleCertificateStore()
        der = self.authority._loaded().public_bytes(serialization.Encoding.DER)
        store.register(asn1x509.Certificate.load(der))
        made = DummyTimeStamper(
            asn1x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            keys.PrivateKeyInfo.load(_pkcs8(key)),
            certs_to_embed=store,
        )
        made.certificate = certificate
        return made

    def replace_stamper(self, **validity):
        """A timestamp service with another certificate (e.g. ``valid_to``); returns that certificate."""
        self.stamper = self._stamper({"common_name": "TSA trình diễn"}, **validity)
        return self.stamper.certificate

    # --- answers

    def _answer(self, handler, body):
        kind = handler.path.strip("/").split("?")[0]
        if kind not in self.calls:
            handler.send_error(404)
            return
        self.calls[kind] += 1
        fault = self.fault.get(kind)
        if fault == "down":
            handler.send_error(503)
            return
        if fault == "redirect":
            handler.send_response(302)
            handler.send_header("Location", self.elsewhere)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        if fault == "slow":
            self.stop.wait(self.delay)
        answer = self._body(kind, fault, body)
        if fault == "replay":
            answer = self.first.setdefault(kind, answer)
        try:
            handler.send_response(200)
            handler.send_header("Content-Type", _TYPES[kind])
            if fault != "huge":
                handler.send_header("Content-Length", str(len(answer)))
            handler.end_headers()
            if fault == "drip":
                for value in answer:
                    handler.wfile.write(bytes([value]))
                    handler.wfile.flush()
                    time.sleep(0.2)
            elif fault == "huge":
                while not self.stop.is_set():
                    handler.wfile.write(b"0" * 65536)
            else:
                handler.wfile.write(answer)
        except OSError:
            return  # the client has gone, as it should

    def _body(self, kind, fault, body):
        if fault == "junk":
            return b"<html>not here</html>"
        if kind == "crl":
            if fault == "expired":
                return self._old_list()
            return (self.authority.folder / "crl.der").read_bytes()
        if kind == "ocsp":
            return self._ocsp(body, fault)
        request = tsp.TimeStampReq.load(body)
        if fault == "liar":
            request["message_imprint"]["hashed_message"] = bytes(32)
        return self.stamper.request_tsa_response(request).dump()

    def _old_list(self):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.authority._loaded().subject)
            .last_update(now - 20 * _DAY)
            .next_update(now - 10 * _DAY)
        )
        return builder.sign(self.authority._key(), hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _ocsp(self, body, fault):
        request = ocsp.load_der_ocsp_request(body)
        revoked = json.loads((self.authority.folder / "revoked.json").read_text())["revoked"]
        when = revoked.get(f"{request.serial_number:x}")
        key, certificate = self.responder
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        issued = now - 20 * _DAY if fault == "expired" else now - datetime.timedelta(seconds=5)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                request.issuer_name_hash,
                request.issuer_key_hash,
                request.serial_number,
                request.hash_algorithm,
                ocsp.OCSPCertStatus.REVOKED if when and fault != "liar" else ocsp.OCSPCertStatus.GOOD,
                issued,
                issued + _DAY,
                datetime.datetime.fromisoformat(when) if when and fault != "liar" else None,
                None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
            .certificates([certificate])
        )
        try:
            builder = builder.add_extension(request.extensions.get_extension_for_class(x509.OCSPNonce).value, False)
        except x509.ExtensionNotFound:
            pass
        if fault == "liar":
            key = rsa.generate_private_key(65537, 2048)
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _pkcs8(key):
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

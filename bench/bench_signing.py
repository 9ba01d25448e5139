"""Signing in batches and verifying, against pyHanko as it comes out of the box, on the same documents and keys.

Measured in seconds of processor time of this process (the token is SoftHSM, which computes in the process), so that other work on
the machine does not blur the ratio; both sides take turns in small groups.
"""

import io
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "addons" / "vanban_signing"), str(ROOT / "tests" / "unit" / "signing"), str(ROOT / "tests")]
DOCUMENTS, GROUP, FILES, MANY = 200, 20, 30, 10


def run():
    """Rows for ``bench/run.py``: batches with a software key and a token, files with two and ten signatures verified, growth, a large file."""
    return [_software(), _token(), _verification(), *_many(), _growth(), *_large()]


def _row(what, unit, ours, against, target, at_most=False):
    ratio = ours / against if at_most else against / ours
    return {"what": what, "unit": unit, "ours": round(ours, 3), "against": round(against, 3), "ratio": round(ratio, 2),
            "target": f"{'≤' if at_most else '≥'} {target} ×", "ok": ratio <= target if at_most else ratio >= target}


def _turns(ours, theirs, count):
    """Seconds that ``count`` calls of each take, measured in alternating groups after one warm call."""
    spent = [0.0, 0.0]
    for work in (ours, theirs):
        work()
    for _group in range(count // GROUP):
        for index, work in enumerate((ours, theirs)):
            started = time.process_time()
            for _call in range(GROUP):
                work()
            spent[index] += time.process_time() - started
    return spent


def _default_loop(prepared, signer):
    """One signature with everything at pyHanko's defaults, PAdES as here."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    from pades import LEADER

    def work():
        meta = signers.PdfSignatureMetadata(field_name=LEADER, subfilter=fields.SigSeedSubFilter.PADES, certify=True)
        return signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(prepared)), meta, signer=signer)

    return work


def _software():
    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives import serialization
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    import signing_sample as sample
    from pades import LEADER, sign
    from pades.appearance import Appearance

    prepared, key, look = sample.prepared(), sample.leader(), Appearance(picture=sample.blue())
    store = SimpleCertificateStore()
    store.register(x509.Certificate.load(sample.chain()[0]))
    der = key.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    stock = signers.SimpleSigner(signing_cert=x509.Certificate.load(key.certificate), signing_key=keys.PrivateKeyInfo.load(der), cert_registry=store)
    ours, theirs = _turns(lambda: sign.sign(prepared, LEADER, key, chain=sample.chain(), appearance=look), _default_loop(prepared, stock), DOCUMENTS)
    return _row(f"{DOCUMENTS} documents signed in a batch, software key", "s", ours, theirs, 5)


def _token():
    from pyhanko.sign.pkcs11 import PKCS11Signer

    import signing_sample as sample
    from agent.token import Module
    from demo_pki import MODULE, Holder, create_tokens
    from pades import LEADER, sign
    from pades.appearance import Appearance

    store = create_tokens(Path(tempfile.mkdtemp(prefix="vanban-bench-")), sample.authority(), [
        Holder.person(sample.SIGNER, sample.AGENCY, label="lanhdao", title="Giám đốc")])
    os.environ.update(store.environment)
    module = Module(MODULE)
    key = module.open(module.certificates()[0], store.tokens[0].pin)
    stock = PKCS11Signer(key._session, cert_label="lanhdao", key_label="lanhdao")
    prepared, look = sample.prepared(), Appearance(picture=sample.blue())
    ours, theirs = _turns(lambda: sign.sign(prepared, LEADER, key, chain=sample.chain(), appearance=look), _default_loop(prepared, stock), DOCUMENTS)
    return _row(f"{DOCUMENTS} documents signed in a batch, one token (SoftHSM)", "s", ours, theirs, 2)


def _verification():
    import signing_sample as sample

    ours, theirs = _turns(*_judges(sample.issued()), FILES * 2)
    return _row(f"{FILES * 2} files with two signatures verified, with verdict and report", "s", ours, theirs, 1.3, at_most=True)


def _many():
    """What the panel of a document with ten signatures waits for when it is opened with “verify now”."""
    ours, theirs = (spent / GROUP for spent in _turns(*_judges(_signed_by(MANY)), GROUP))
    what = f"a file with {MANY} signatures verified, with verdict and report"
    limit = {**_row(f"{what}: the panel", "s", ours, theirs, 1.3, at_most=True), "target": "≤ 1 s", "ok": ours <= 1}
    return [limit, _row(what, "s", ours, theirs, 1.3, at_most=True)]


def _judges(raw):
    """(our verification of the bytes with verdict and report, pyHanko's plain validator on them)."""
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    import signing_sample as sample
    from pades.verify import verify

    trust, root = sample.trust(), x509.Certificate.load(sample.chain()[0])
    crl = (sample.authority().folder / "crl.der").read_bytes()

    def ours():
        if verify(raw, trust).to_dict()["overall"] != "valid":
            raise RuntimeError("not valid")

    def plain():
        for signature in PdfFileReader(io.BytesIO(raw)).embedded_signatures:
            context = ValidationContext(trust_roots=[root], crls=[crl], revocation_mode="hard-fail")
            validate_pdf_signature(signature, context)

    return ours, plain


def _signed_by(count):
    """A PDF with the signatures of ``count`` persons, in fields that its author has kept for them."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    import signing_sample as sample
    from pades import sign
    from pades.appearance import Appearance

    writer, out = IncrementalPdfFileWriter(io.BytesIO(sample.draft())), io.BytesIO()
    for number in range(count):
        append_signature_field(writer, SigFieldSpec(f"ky{number}", box=(60, 60 + 60 * number, 200, 110 + 60 * number)))
    writer.write(out)
    raw = out.getvalue()
    for number in range(count):
        name = f"Người ký số {number + 1}"
        key = sample.SoftKey({"common_name": name, "organization_name": "Đơn vị mẫu", "user_id": f"CCCD:{number:012d}"})
        raw = sign.sign(raw, f"ky{number}", key, chain=sample.chain(), appearance=Appearance(lines=(name,)))
    return raw


def _growth():
    """Least possible: the container in hexadecimal digits, and one object each for signature, field, appearance, plus their table."""
    import re

    import signing_sample as sample
    from pades import SEAL, sign
    from pades.appearance import Appearance

    before = sample.numbered()
    after = sign.sign(before, SEAL, sample.agency(), chain=sample.chain(), appearance=Appearance(lines=("05/SNV-VP",)))
    update = after[len(before):]
    holes = sum(len(digits) - len(digits.rstrip(b"0")) for digits in re.findall(rb"/Contents <([0-9A-Fa-f]+)>", update))
    return _row("bytes that one signature adds", "kB", len(update) / 1000, (len(update) - holes) / 1000, 2, at_most=True)


def _large():
    """Sealing 100 MB against reading, hashing and one plain signature; and the memory it takes over idle."""
    import hashlib
    import subprocess

    import pikepdf

    import signing_sample as sample
    from pades import LEADER, SEAL, fill, prepare, sign

    def work(document):
        document.Root.Big = pikepdf.Stream(document, os.urandom(100 * 2**20))

    raw = sign.sign(prepare.prepare(sample.changed(sample.draft(), work), sample.placement()), LEADER, sample.leader(), chain=sample.chain())
    raw = fill.fill(raw, sample.TEXTS)
    path = tempfile.mkstemp(suffix=".pdf")[1]
    Path(path).write_bytes(raw)
    started = time.process_time()
    digest = hashlib.sha256(Path(path).read_bytes()).digest()
    sample.agency().sign(digest)
    plain = time.process_time() - started
    started = time.process_time()
    sign.sign(Path(path).read_bytes(), SEAL, sample.agency(), chain=sample.chain())
    ours = time.process_time() - started
    shown = subprocess.run([sys.executable, "-c", _MEMORY, path], capture_output=True, text=True, check=True,
                           env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))).stdout
    os.unlink(path)
    return [_row("sealing a PDF of 100 MB", "s", ours, plain, 2, at_most=True),
            _row("memory over idle while sealing 100 MB", "MB", int(shown) / 2**20, len(raw) / 2**20, 3, at_most=True)]


_MEMORY = """
import sys, signing_sample as sample
from pathlib import Path
from pades import SEAL, sign
sample.issued()
def status(key):
    return int(next(line for line in open("/proc/self/status") if line.startswith(key)).split()[1]) * 1024
idle = status("VmRSS")
open("/proc/self/clear_refs", "w").write("5")
sign.sign(Path(sys.argv[1]).read_bytes(), SEAL, sample.agency(), chain=sample.chain())
print(status("VmHWM") - idle)
"""


if __name__ == "__main__":
    for row in run():
        print(row)

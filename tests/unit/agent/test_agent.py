"""The signing agent over real HTTP with a real SoftHSM token: pairing, origins, what it signs and what it never does."""

import base64
import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from agent.pairing import Pairing, valid_origin
from agent.pin import PinRefused, asker
from demo_pki import MODULE, Holder, create_authority, create_tokens
from pades import LEADER, sign
from pades.trust import TrustStore
from pades.verify import verify
from proves import proves

ORIGIN = "https://vanban.example.vn"
ADDON = Path(__file__).resolve().parents[3] / "addons" / "vanban_signing"


class Running:
    """An agent process and a browser's way of talking to it."""

    def __init__(self, store, state, pin_program, *more, program=("-m", "agent"), module=MODULE, environment=None):
        environment = dict(os.environ, **store.environment, **(environment or {}), PYTHONPATH=str(ADDON))
        self.process = subprocess.Popen(
            [
                sys.executable,
                *program,
                "--module",
                module,
                "--port",
                "0",
                "--state",
                str(state),
                "--pin-program",
                pin_program,
                *more,
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = [self.process.stdout.readline(), self.process.stdout.readline()]
        self.port = int(re.search(r":(\d+)\s*$", self.lines[0])[1])
        self.code = (re.search(r"(\d{4} \d{4})", self.lines[1]) or [None, None])[1]
        self.token = None

    def call(self, path, body=None, origin=ORIGIN, method=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        if origin:
            headers["Origin"] = origin
        if self.token and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        data = json.dumps(body) if isinstance(body, (dict, list)) else body
        connection.request(method or ("GET" if body is None else "POST"), path, data, headers)
        response = connection.getresponse()
        raw = response.read()
        return response.status, json.loads(raw) if raw else None, response.headers

    def pair(self):
        self.token = self.call("/pair", {"code": self.code})[1]["token"]
        return self

    def stop(self):
        self.process.terminate()
        rest = self.process.stdout.read()
        assert self.process.wait(10) == 0
        return "".join(self.lines) + rest


@pytest.fixture(scope="module")
def pki():
    folder = Path(tempfile.mkdtemp(prefix="vanban-agent-"))
    authority = create_authority(folder / "ca")
    return authority, create_tokens(
        folder / "token",
        authority,
        [Holder.person("Trần Thị Mẫu", "Sở Nội vụ tỉnh Mẫu", label="lanhdao", title="Giám đốc")],
    )


@pytest.fixture
def running(pki, tmp_path):
    agent = Running(pki[1], tmp_path / "pairing.json", f"cat {pki[1].tokens[0].pin_file}")
    yield agent
    if agent.process.poll() is None:
        agent.stop()


def job(pending, name="Công văn 05/SNV-VP", ident=1):
    return {
        "id": ident,
        "name": name,
        "digest_hex": pending.digest.hex(),
        "attrs_b64": base64.b64encode(pending.attributes).decode(),
    }


def begun(running):
    from signing_sample import prepared

    certificate = running.call("/certificates")[1]["certificates"][0]
    der = base64.b64decode(certificate["certificate_b64"])
    return certificate, sign.begin(prepared(), LEADER, der)


@proves("SIGN-01", "SIGN-26")
def test_signs_for_the_paired_page_and_tells_nobody_the_pin(running, pki):
    running.pair()
    certificate, pending = begun(running)
    status, answer, _headers = running.call(
        "/sign", {"certificate": certificate["id"], "batch": [job(pending), job(pending, ident="b")]}
    )
    assert status == 200 and [one["id"] for one in answer["results"]] == [1, "b"]
    pdf = sign.finish(pending, base64.b64decode(answer["results"][0]["signature_b64"]))
    trust = TrustStore([pki[0].certificate.read_bytes()], crls=[pki[0].crl.read_bytes()])
    report = verify(pdf, trust)
    assert report.overall == "valid" and report.signatures[0].signer["cn"] == "Trần Thị Mẫu"
    said = running.stop()
    assert pki[1].tokens[0].pin not in said and "đã ký 2/2" in said
    state = json.loads(
        next(
            Path(running.process.args[running.process.args.index("--state") + 1]).parent.glob("pairing.json")
        ).read_text()
    )
    assert running.token not in json.dumps(state) and state["origin"] == ORIGIN


def test_only_the_paired_origin_with_its_token(running):
    for path in ("/certificates", "/sign"):
        assert running.call(path, {} if path == "/sign" else None)[0] == 403
    running.pair()
    assert running.call("/certificates")[0] == 200
    assert running.call("/certificates", origin="https://ke-xau.example")[0] == 403
    assert running.call("/certificates", origin=None)[0] == 403
    assert running.call("/certificates", Authorization="Bearer wrong")[0] == 403
    assert running.call("/certificates", Host="vanban.example.vn")[0] == 421
    answer = running.call("/certificates", origin="https://ke-xau.example")[2]
    assert "Access-Control-Allow-Origin" not in answer


def test_preflight_of_private_network_access(running):
    running.pair()
    ask = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Private-Network": "true",
        "Access-Control-Request-Local-Network": "true",
    }
    status, _body, headers = running.call("/sign", method="OPTIONS", **ask)
    assert (
        status == 204
        and headers["Access-Control-Allow-Origin"] == ORIGIN
        and headers["Access-Control-Allow-Private-Network"] == "true"
    )
    assert headers["Access-Control-Allow-Local-Network"] == "true"
    status, _body, headers = running.call("/sign", method="OPTIONS", origin="https://ke-xau.example", **ask)
    assert status == 403 and "Access-Control-Allow-Origin" not in headers


def test_code_is_used_once_and_guessing_makes_a_new_one(running):
    assert running.call("/pair", {"code": "00000000"})[0] == 403
    running.pair()
    assert running.call("/pair", {"code": running.code}, origin="https://ke-xau.example")[0] == 403
    said = []
    pairing = Pairing(Path(tempfile.mkdtemp()) / "p.json", said.append)
    first = pairing.new_code()
    for _try in range(5):
        assert pairing.pair(ORIGIN, "x") is None
    assert pairing.code != first and pairing.pair(ORIGIN, first) is None
    assert pairing.pair("https://a.vn/path", pairing.code) is None


def test_signs_nothing_but_attributes_of_a_signature(running):
    running.pair()
    certificate, pending = begun(running)
    free = b"free bytes that could be anything"
    requests = [
        {
            "batch": [
                {
                    "id": 1,
                    "name": "x",
                    "digest_hex": hashlib.sha256(free).hexdigest(),
                    "attrs_b64": base64.b64encode(free).decode(),
                }
            ]
        },
        {"batch": [{**job(pending), "digest_hex": "0" * 64}]},
        {"batch": [{**job(pending), "attrs_b64": "***"}]},
        {"batch": []},
        {"batch": "x"},
        {"batch": [None]},
        {"batch": [job(pending)] * 501},
        {},
    ]
    for request in requests:
        status, answer, _headers = running.call("/sign", {"certificate": certificate["id"], **request})
        assert status == 400 and answer["error"], request
    assert running.call("/sign", {"certificate": "0" * 64, "batch": [job(pending)]})[0] == 409


def test_odd_requests(running):
    running.pair()
    assert running.call("/sign", b"[1, 2]")[0] == 400
    assert running.call("/sign", b"{" * 5000)[0] == 400
    assert running.call("/sign", b"{}", Content_Type="text/plain")[0] == 413
    assert running.call("/sign", b"{}", Content_Length="999999999")[0] == 413
    assert running.call("/nothing")[0] == 404 and running.call("/nothing", {})[0] == 404
    assert running.call("/status")[0] == 200


def test_cancelled_and_wrong_pin(pki, tmp_path):
    for program, code, words in (("false", "cancelled", "hủy"), ("echo 00000000", "pin", "PIN sai")):
        running = Running(pki[1], tmp_path / f"{code}.json", program).pair()
        certificate, pending = begun(running)
        status, answer, _headers = running.call("/sign", {"certificate": certificate["id"], "batch": [job(pending)]})
        assert (status, answer["code"]) == (409, code) and words in answer["error"]
        running.stop()


def test_prompt_shows_what_is_signed(pki, tmp_path):
    seen = tmp_path / "prompt.txt"
    script = tmp_path / "ask.sh"
    script.write_text(f'#!/bin/sh\nprintf "%s" "$VANBAN_PIN_PROMPT" > {seen}\ncat {pki[1].tokens[0].pin_file}\n')
    script.chmod(0o755)
    running = Running(pki[1], tmp_path / "p.json", str(script)).pair()
    certificate, pending = begun(running)
    running.call(
        "/sign",
        {
            "certificate": certificate["id"],
            "batch": [job(pending, f"Công văn {number}", number) for number in range(20)],
        },
    )
    prompt = seen.read_text()
    assert (
        ORIGIN in prompt
        and "Công văn 0" in prompt
        and pending.digest.hex()[:16] in prompt
        and "và 8 văn bản khác" in prompt
    )
    running.stop()


def test_pinentry_protocol(tmp_path):
    """Assuan dialogue with a program that behaves as pinentry."""
    from agent.pin import _from_pinentry

    script = tmp_path / "pinentry"
    script.write_text("""#!/bin/sh
echo "OK ready"
while read -r line; do
  case "$line" in GETPIN) echo "D 12%2534"; echo OK;; *"%0A"*) echo OK;; *) echo OK;; esac
done
""")
    script.chmod(0o755)
    assert _from_pinentry([str(script)], "Ký số", "dòng 1\ndòng 2 100%") == "12%34"
    script.write_text(
        "#!/bin/sh\necho OK\nwhile read -r line; do case \"$line\" in GETPIN) echo 'ERR 83886179 cancelled';; *) echo OK;; esac; done\n"
    )
    with pytest.raises(PinRefused):
        _from_pinentry([str(script)], "Ký số", "văn bản")
    with pytest.raises(PinRefused):
        _from_pinentry(["/nonexistent/pinentry"], "Ký số", "văn bản")
    with pytest.raises(PinRefused):
        asker("/nonexistent/program")("a", "b")


@pytest.mark.parametrize(
    ("origin", "good"),
    [
        ("https://vanban.example.vn", True),
        ("http://127.0.0.1:8069", True),
        ("https://a.vn/", False),
        ("https://u@a.vn", False),
        ("null", False),
        ("", False),
        (None, False),
        ("file://", False),
        ("javascript:alert(1)", False),
    ],
)
def test_origins(origin, good):
    assert valid_origin(origin) is good


CHANGING = {
    "C_CreateObject", "C_DestroyObject", "C_SetAttributeValue", "C_InitToken", "C_InitPIN", "C_SetPIN", "C_CopyObject", "C_GenerateKey",
    "C_GenerateKeyPair", "C_UnwrapKey", "C_DeriveKey", "C_WrapKey", "C_SetOperationState",
}  # fmt: skip


@proves("SIGN-32")
def test_no_call_changes_the_token(pki, tmp_path):
    """Everything the agent can do, over OpenSC's spy, which writes down every PKCS#11 call: none that changes a token is among them."""
    import glob

    # not recursive: /usr/lib has links that lead back to itself
    spies = [path for place in ("*", "*/pkcs11") for path in glob.glob(f"/usr/lib/{place}/pkcs11-spy.so")]
    assert spies, "OpenSC (pkcs11-spy.so) is missing: run make setup"
    log = tmp_path / "spy.log"
    spied = {"PKCS11SPY": MODULE, "PKCS11SPY_OUTPUT": str(log)}
    pins = tmp_path / "pin.sh"
    pins.write_text(f'#!/bin/sh\nif [ -e {tmp_path}/wrong ]; then rm {tmp_path}/wrong; echo 000; else cat {pki[1].tokens[0].pin_file}; fi\n')
    pins.chmod(0o755)
    running = Running(pki[1], tmp_path / "pairing.json", str(pins), module=spies[0], environment=spied).pair()
    certificate, pending = begun(running)
    request = {"certificate": certificate["id"], "batch": [job(pending), job(pending, ident=2)]}
    (tmp_path / "wrong").touch()
    assert running.call("/sign", request)[1]["code"] == "pin"
    assert len(running.call("/sign", request)[1]["results"]) == 2
    assert running.call("/status")[0] == 200
    running.stop()
    called = set(re.findall(r"\d+: (C_\w+)", log.read_text()))
    assert {"C_Login", "C_FindObjects"} <= called and called & {"C_Sign", "C_SignFinal"}
    assert not called & CHANGING


def read_stream(running, body):
    """Lines of a streamed answer, each as soon as it is there."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    headers = {"Origin": ORIGIN, "Authorization": f"Bearer {running.token}", "Content-Type": "application/json"}
    connection.request("POST", "/sign", json.dumps({**body, "stream": True}), headers)
    response = connection.getresponse()
    return response, connection


def test_batch_is_streamed_and_stops_when_the_page_goes(running):
    running.pair()
    certificate, pending = begun(running)
    request = {"certificate": certificate["id"], "batch": [job(pending, ident=number) for number in range(200)]}
    response, connection = read_stream(running, request)
    assert response.headers["Content-Type"].startswith("application/x-ndjson")
    rows = [json.loads(line) for line in response.read().splitlines()]
    assert set(rows[0]) == {"certificate_b64", "token_serial"} and [row["id"] for row in rows[1:]] == list(range(200))
    connection.close()
    response, connection = read_stream(running, request)
    response.readline(), response.readline()
    response.close(), connection.close()
    # the device is free again at once, and closed
    status, answer, _headers = running.call("/sign", {**request, "batch": [job(pending)]})
    assert status == 200 and "signature_b64" in answer["results"][0]
    said = running.stop()
    assert "đã ký 200/200" in said and said.count("đã ký") == 3


def faulty(pki, tmp_path, trouble, pin=None):
    program = (str(Path(__file__).with_name("faulty_token.py")), trouble)
    return Running(pki[1], tmp_path / "pairing.json", pin or f"cat {pki[1].tokens[0].pin_file}", program=program).pair()


def test_device_pulled_out_while_signing(pki, tmp_path):
    running = faulty(pki, tmp_path, "pulled")
    certificate, pending = begun(running)
    batch = [job(pending, ident=number) for number in range(3)]
    status, answer, _headers = running.call("/sign", {"certificate": certificate["id"], "batch": batch})
    assert status == 200 and "signature_b64" in answer["results"][0]
    assert [row.get("code") for row in answer["results"][1:]] == ["removed", "removed"]
    assert "rút ra" in answer["results"][1]["error"]
    running.stop()


@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [("locked", "locked", "bị khóa"), ("locked-flag", "locked", "bị khóa"), ("last-try", "pin", "còn 1 lần"), ("gone", None, "Không thấy")],
)
def test_locked_last_try_and_missing_device(pki, tmp_path, trouble, code, words):
    running = faulty(pki, tmp_path, trouble)
    certificate, pending = begun(running)
    for _again in range(3):
        status, answer, _headers = running.call("/sign", {"certificate": certificate["id"], "batch": [job(pending)]})
        if status != 200:
            break
    assert status == 409 and words in answer["error"] and code in (None, answer["code"])
    running.stop()


def test_expired_certificate_is_told_before_the_pin(pki, tmp_path):
    import datetime

    ends = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    store = create_tokens(
        tmp_path / "old", pki[0], [Holder.person("Lê Văn Mẫu", "Sở Nội vụ tỉnh Mẫu", label="cu")],
        valid_from=ends - datetime.timedelta(days=300), valid_to=ends,
    )  # fmt: skip
    asked = tmp_path / "asked"
    running = Running(store, tmp_path / "pairing.json", f"touch {asked}").pair()
    certificate, pending = begun(running)
    status, answer, _headers = running.call("/sign", {"certificate": certificate["id"], "batch": [job(pending)]})
    assert (status, answer["code"]) == (409, "expired") and "hết hạn" in answer["error"] and not asked.exists()
    running.stop()

"""Command line: try a system through an axis or a hub.

    python -m conformance --driver vxp --url https://truc.example.vn/api --system thu-nghiem --secret-file khoa.txt \\
        --own "H99.98=Cơ quan thử nghiệm" --target "H96.02=Sở Nội vụ tỉnh Mẫu" --json ket-qua.json

Exit 0 when no case failed, 1 otherwise. The target receives documents marked as tests: use its trial system.
"""
import argparse
import sys
import tempfile
from pathlib import Path

from edxml import Organization
from wire.axis import RestClient, VxpClient

from . import CASES, Examiner, as_json, as_text, run
from .cases import FAILED

_CLIENTS = {"vxp": VxpClient, "rest": RestClient}


def _organization(text):
    code, _sign, name = text.partition("=")
    return Organization(code.strip(), name.strip() or code.strip())


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="conformance", description="Kiểm tra một hệ thống liên thông văn bản từ bên ngoài")
    parser.add_argument("--driver", choices=sorted(_CLIENTS), default="vxp")
    parser.add_argument("--url", required=True)
    parser.add_argument("--system", required=True, help="mã hệ thống của bên kiểm tra")
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--ca", type=Path, help="chứng thư tin cậy (PEM)")
    parser.add_argument("--allow-http", action="store_true")
    parser.add_argument("--own", type=_organization, required=True, metavar="MÃ=TÊN")
    parser.add_argument("--target", type=_organization, required=True, metavar="MÃ=TÊN")
    parser.add_argument("--patience", type=float, default=120, help="giây chờ mỗi phản hồi")
    parser.add_argument("--pause", type=float, default=2)
    parser.add_argument("--only", nargs="*", choices=[case.code for case in CASES], default=())
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    client = _CLIENTS[options.driver](
        options.url, options.system, options.secret_file.read_text("utf-8").strip(),
        ca_pem=options.ca.read_text() if options.ca else None, allow_plain=options.allow_http)
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        examiner = Examiner(client, options.own, options.target, folder, options.patience, options.pause)
        outcomes = run(examiner, options.only, lambda outcome: sys.stderr.write(f"{outcome.code} {outcome.verdict}\n"))
    name = f"{options.target.name} ({options.target.organ_id})"
    sys.stdout.write(as_text(outcomes, name))
    if options.json:
        options.json.write_text(as_json(outcomes, name), "utf-8")
    return 1 if any(outcome.verdict == FAILED for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Command line without Odoo.

``python -m pades verify FILE --trust CA.pem [--crl CRL] [--signature FILE.p7s] [--json]``: exit status 0 valid, 1 invalid, 2 unknown.
``python -m pades check FILE``: may this draft be signed? ``protection FILE``: until when do the proofs hold?
``python -m pades renew FILE --trust CA.pem --tsa URL --output NEW``: revocation data and a document timestamp.
"""

import argparse
import json
import sys
from pathlib import Path

from . import detached
from .content_check import check
from .errors import PadesError
from .fetch import Fetcher
from .longterm import protection, renew
from .report import INVALID, UNKNOWN, VALID
from .signer_info import iso
from .timestamp import http_timestamper
from .trust import TrustStore
from .verify import verify

STATUS = {VALID: 0, INVALID: 1, UNKNOWN: 2}


def main(arguments=None):
    options = _parser().parse_args(arguments)
    try:
        return options.work(options)
    except (OSError, PadesError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(prog="python -m pades", description="Chữ ký số trong tệp PDF.")
    commands = parser.add_subparsers(dest="command", required=True)
    judge = commands.add_parser("verify", help="kiểm tra chữ ký số")
    judge.add_argument("file", type=Path)
    _trusted(judge)
    judge.add_argument("--signature", type=Path, help="tệp chữ ký .p7s kèm tệp không phải PDF")
    judge.add_argument("--json", action="store_true", help="in báo cáo đầy đủ dạng JSON")
    judge.set_defaults(work=_verify)
    look = commands.add_parser("check", help="kiểm tra bản dự thảo trước khi ký")
    look.add_argument("file", type=Path)
    look.set_defaults(work=_check)
    until = commands.add_parser("protection", help="chứng cứ trong tệp còn giá trị đến khi nào")
    until.add_argument("file", type=Path)
    until.set_defaults(work=_protection)
    again = commands.add_parser("renew", help="thêm dữ liệu thu hồi và dấu thời gian lưu trữ")
    again.add_argument("file", type=Path)
    _trusted(again)
    again.add_argument("--tsa", required=True, help="địa chỉ dịch vụ dấu thời gian")
    again.add_argument("--host", action="append", default=[], help="máy chủ CRL/OCSP trong mạng nội bộ")
    again.add_argument("--output", type=Path, required=True)
    again.set_defaults(work=_renew)
    return parser


def _trusted(command):
    command.add_argument(
        "--trust", type=Path, action="append", required=True, help="chứng thư gốc tin cậy (PEM hoặc DER)"
    )
    command.add_argument("--other", type=Path, action="append", default=[], help="chứng thư trung gian")
    command.add_argument("--crl", type=Path, action="append", default=[], help="danh sách thu hồi")


def _store(options):
    return TrustStore(
        *([path.read_bytes() for path in paths] for paths in (options.trust, options.other, options.crl))
    )


def _verify(options):
    names = {"file_name": options.file.name, "verified_by": "pades"}
    if options.signature:
        report = detached.verify(options.file, options.signature.read_bytes(), _store(options), **names)
    else:
        report = verify(options.file, _store(options), **names)
    print(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) if options.json else "\n".join(report.lines()))
    return STATUS[report.overall]


def _check(options):
    report = check(options.file.read_bytes())
    print("\n".join(problem.message for problem in report.problems) or f"Ký được: {report.pages} trang.")
    return 0 if report.ok else 1


def _protection(options):
    found = protection(options.file.read_bytes())
    print(f"{options.file.name}: mức {found.level}, đến {iso(found.until)}. {found.reason}")
    return 0


def _renew(options):
    pdf = renew(options.file.read_bytes(), _store(options), http_timestamper(options.tsa), Fetcher(hosts=options.host))
    options.output.write_bytes(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())

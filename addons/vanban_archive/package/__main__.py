"""``python -m package check PATH``: exit 0 when nothing is found, 1 with the findings."""

import argparse
import json
import sys

from .check import check_package


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="package", description="Kiểm tra gói tin hồ sơ lưu trữ (SIP, AIP, DIP).")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="kiểm tra một gói tin (thư mục hoặc tệp .zip)")
    check.add_argument("path")
    check.add_argument("--mets-sha256", default="", help="mã băm của METS.xml đã lưu ở nơi khác")
    check.add_argument("--json", action="store_true", help="in kết quả dạng JSON")
    options = parser.parse_args(arguments)
    report = check_package(options.path, mets_sha256=options.mets_sha256)
    if options.json:
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        for finding in report.findings:
            print(finding)
        verdict = "ĐẠT" if report.ok else f"KHÔNG ĐẠT, {len(report.findings)} lỗi"
        print(f"{report.objid or options.path}: {verdict} ({report.documents} tài liệu, {report.files} tệp, {report.bytes} byte)")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())

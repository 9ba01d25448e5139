"""A small dossier used by the tests of the package."""

import datetime

from package import Agent, Event, Package, PackageDocument, PackageFile, Support

CODE = "000.00.17.H56.2026.01.TH"
WHEN = datetime.datetime(2027, 1, 15, 8, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))


def document(ordinal, content=b"%PDF-1.7 minh hoa\n", name="tra-loi.pdf", extra=()):
    files = [PackageFile.from_bytes(name, content, mimetype="application/pdf"), *extra]
    return PackageDocument(
        metadata={
            "doc_id": f"000.00.17.H56,2026/11/20,{ordinal}/SNV-VP",
            "code": f"{CODE}.{ordinal:07d}",
            "retention": "10",
            "type": "CV",
            "number": str(ordinal),
            "notation": "SNV-VP",
            "issued_date": datetime.date(2026, 11, 20),
            "issuer": "Sở Nội vụ",
            "subject": f"Báo cáo số {ordinal} về công tác văn thư <đợt 1> & lưu trữ",
            "language": "vi",
            "page_count": 3,
            "access": "public",
            "confidence": "born",
            "file_code": CODE,
            "archive_code": "000.00.17.H56",
            "fonds_code": "000.00.17.H56",
            "year": 2026,
            "symbol": "01.TH",
            "ordinal": ordinal,
        },
        files=files,
        events=[Event("validation", WHEN, detail="Chữ ký số: Hợp lệ.", agent="archivist")],
    )


def package(documents=None, **values):
    return Package(
        fonds="000.00.17.H56",
        metadata={
            "code": CODE,
            "title": "Tập báo cáo công tác văn thư, lưu trữ năm 2026",
            "retention": "10",
            "access": "public",
            "language": "vi",
            "start_date": datetime.date(2026, 1, 5),
            "end_date": datetime.date(2026, 12, 20),
            "page_count": 6,
            "sheet_count": 0,
            "confidence": "born",
            "archive_code": "000.00.17.H56",
            "fonds_code": "000.00.17.H56",
            "year": 2026,
            "symbol": "01.TH",
        },
        documents=documents or [document(1), document(2, extra=[attachment()])],
        editor=Agent("Sở Nội vụ", "000.00.17.H56"),
        archivist=Agent("Lưu trữ hiện hành Sở Nội vụ", "000.00.17.H56"),
        created=WHEN,
        events=[Event("ingestion", WHEN, agent="archivist"), Event("fixity check", WHEN, agent="software")],
        documentation=[Support("verification_File1.json", b'{"overall": "H\xe1\xbb\xa3p l\xe1\xbb\x87"}')],
        **values,
    )


def attachment(content=b"phu luc", name="../../Phụ lục 1.XLSX"):
    return PackageFile.from_bytes(name, content, mimetype="application/octet-stream")

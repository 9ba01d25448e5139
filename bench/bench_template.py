"""Template to PDF: filling and converting one after the other, against LibreOffice converting the same files in one batch."""
import io
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "addons" / "vanban_core"
COUNT = 24
LAYOUTS = ("cong_van", "quyet_dinh", "to_trinh", "giay_moi")


def _paragraph(text):
    from docxtpl import RichText

    rich = RichText()
    rich.add(text, size=28, font="Times New Roman")
    return {"heading": False, "rich": rich, "text": text}


def _fill(number):
    """Bytes of one filled Word file of two pages."""
    from docxtpl import DocxTemplate

    from tools import template_fields

    path = ADDON / "data" / "templates" / f"{LAYOUTS[number % len(LAYOUTS)]}.docx"
    template = DocxTemplate(io.BytesIO(path.read_bytes()))
    template.render(
        {
            "parent_name": "ỦY BAN NHÂN DÂN TỈNH MẪU", "agency_name": "SỞ NỘI VỤ", "notation": "SNV-VP", "place": "Mẫu",
            "kind_name": "TỜ TRÌNH", "subject": f"Về công tác văn thư, phần {number}", "to_list": ["Sở Tài chính"],
            "paragraphs": [_paragraph(f"Đoạn {part} của văn bản số {number}. " * 15) for part in range(12)],
            "receiver_lines": ["Như trên;", "Lưu: VT."], "capacity_lines": ["GIÁM ĐỐC"], "signer_name": "Trần Thị Mẫu",
        },
        jinja_env=template_fields.environment(), autoescape=True,
    )
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def run():
    """Rows of this benchmark; see ``bench/run.py``."""
    sys.path.insert(0, str(ADDON))
    from tools import office_pdf

    program = shutil.which("soffice") or shutil.which("libreoffice")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number in range(COUNT):
            files.append(folder / f"{number}.docx")
            files[-1].write_bytes(_fill(number))

        def batch(paths):
            subprocess.run(
                [program, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf",
                 "--outdir", str(folder / "batch"), *map(str, paths)],
                check=True, capture_output=True)

        batch(files[:1])  # makes its profile
        started = time.perf_counter()
        batch(files)
        against = COUNT / (time.perf_counter() - started)
        assert len(list((folder / "batch").glob("*.pdf"))) == COUNT
        try:
            office_pdf.to_pdf(files[0].read_bytes(), profile_root=folder / "office")  # opens the program, as the first of the day
            started = time.perf_counter()
            for number in range(COUNT):
                assert office_pdf.to_pdf(_fill(number), profile_root=folder / "office").startswith(b"%PDF-")
            ours = COUNT / (time.perf_counter() - started)
        finally:
            office_pdf.close(folder / "office")
    return [{
        "what": f"{COUNT} templates filled and made PDF one by one, against one batch of LibreOffice", "ours": ours, "against": against,
        "unit": "files/s", "ratio": ours / against, "target": "≥ 0.5", "ok": ours >= 0.5 * against,
    }]

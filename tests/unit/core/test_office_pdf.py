import concurrent.futures
import http.server
import io
import os
import pathlib
import signal
import threading
import time
import zipfile

import docx
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tools import office_pdf


def word(text="Nội dung tiếng Việt: Ủy ban nhân dân"):
    document = docx.Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def text_of(raw):
    document = pypdfium2.PdfDocument(raw)
    try:
        return document[0].get_textpage().get_text_bounded()
    finally:
        document.close()


@pytest.fixture(scope="module")
def profiles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    yield folder
    office_pdf.close(folder)


def test_conversion_and_a_second_one_at_the_same_time(profiles):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda text: office_pdf.to_pdf(word(text), profile_root=profiles), ("Văn bản một", "Văn bản hai"))
    assert "Văn bản một" in text_of(first)
    assert "Văn bản hai" in text_of(second)
    assert os.stat(profiles).st_mode & 0o077 == 0


def test_too_slow_is_stopped_and_said(profiles):
    with pytest.raises(office_pdf.OfficeError, match="Không tạo được bản PDF"):
        office_pdf.to_pdf(word(), profile_root=profiles, timeout=0.05)
    # the next one works again
    assert office_pdf.to_pdf(word(), profile_root=profiles).startswith(b"%PDF-")


def test_the_program_stays_open_and_is_replaced_when_it_hangs(profiles):
    office_pdf.to_pdf(word(), profile_root=profiles)
    pid = int((profiles / "0.pid").read_text())
    assert "Văn bản hai" in text_of(office_pdf.to_pdf(word("Văn bản hai"), profile_root=profiles))
    assert int((profiles / "0.pid").read_text()) == pid
    # it stands still with a file in its hands: ended at the limit, the file done by another one
    os.killpg(pid, signal.SIGSTOP)
    started = time.monotonic()
    assert "Văn bản ba" in text_of(office_pdf.to_pdf(word("Văn bản ba"), profile_root=profiles, timeout=40))
    assert 40 <= time.monotonic() - started < 90
    assert int((profiles / "0.pid").read_text()) != pid
    assert not pathlib.Path(f"/proc/{pid}/exe").exists()


def test_missing_program_is_said(profiles, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(office_pdf.OfficeError, match="chưa cài LibreOffice"):
        office_pdf.to_pdf(word(), profile_root=profiles)


class _Server(http.server.BaseHTTPRequestHandler):
    asked = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - names of the library

    def log_message(self, *_arguments):
        pass


def _linked_odt(*links, text):
    """A text with pictures and a section that lie elsewhere."""
    frames = "".join(
        '<text:p><draw:frame svg:width="5cm" svg:height="5cm" text:anchor-type="as-char">'
        f'<draw:image xlink:href="{link}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>'
        for link in links
    )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
        for name, urn in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible"))
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("META-INF/manifest.xml", (
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
        ))
        package.writestr("content.xml", (
            f'<office:document-content{spaces} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"><office:body><office:text>'
            f'<text:p>Noi dung</text:p>{frames}<text:section text:name="s"><text:section-source xlink:href="{text}" xlink:type="simple"/>'
            "<text:p>trong</text:p></text:section></office:text></office:body></office:document-content>"
        ))
    return out.getvalue()


def _linked_docx(picture, link):
    """A Word file whose picture is a link to another place."""
    document = docx.Document()
    document.add_paragraph("Noi dung")
    document.add_picture(io.BytesIO(picture))
    plain, out = io.BytesIO(), io.BytesIO()
    document.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/_rels/document.xml.rels":
                data = data.replace(b'Target="media/image1.png"', f'Target="{link}" TargetMode="External"'.encode())
            elif name == "word/document.xml":
                data = data.replace(b"r:embed=", b"r:link=")
            target.writestr(name, data)
    return out.getvalue()


def test_nothing_is_fetched_from_elsewhere(profiles, tmp_path):
    """Neither from the network nor from the disk of the server: a file must not bring in what its author may not read."""
    picture = io.BytesIO()
    Image.new("RGB", (300, 300), (255, 0, 0)).save(picture, "PNG")
    (tmp_path / "secret.png").write_bytes(picture.getvalue())
    (tmp_path / "secret.txt").write_text("BI MAT")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        web, disk = f"http://127.0.0.1:{server.server_port}/a.png", (tmp_path / "secret.png").as_uri()
        files = [("odt", _linked_odt(web, disk, text=(tmp_path / "secret.txt").as_uri()))]
        files += [("docx", _linked_docx(picture.getvalue(), link)) for link in (web, disk)]
        for extension, raw in files:
            pdf = office_pdf.to_pdf(raw, extension, profile_root=profiles)
            assert "Noi dung" in text_of(pdf)
            assert "BI MAT" not in text_of(pdf)
            with pikepdf.open(io.BytesIO(pdf)) as made:
                assert not any(page.get_images() for page in made.pages)
    finally:
        server.shutdown()
        server.server_close()
    assert _Server.asked == []

"""Word and OpenDocument files to PDF through LibreOffice without a screen.

One profile folder per running conversion (LibreOffice refuses to share one), kept between runs with its program open
(``office_warm``), because starting takes far longer than a conversion. Macros and links to other machines are switched off in it.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import tempfile
import time

from . import office_warm

TIMEOUT = 60
PROFILES = 4
_WAIT = 90
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


class OfficeError(RuntimeError):
    """Conversion failed; the message (Vietnamese) says what to do."""


def to_pdf(raw, extension="docx", profile_root=None, timeout=TIMEOUT):
    """PDF of an office file, fonts embedded.

    :param bytes raw: content
    :param str extension: docx, doc, odt or rtf; tells LibreOffice what it reads
    :param profile_root: folder for the profiles; a private temporary one when omitted
    :param timeout: seconds for one attempt; there are two
    :raises OfficeError: LibreOffice is missing, too slow, or cannot read the file
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        raise OfficeError("Máy chủ chưa cài LibreOffice nên không tạo được bản PDF. Hãy báo quản trị hệ thống.")
    root = pathlib.Path(profile_root or pathlib.Path(tempfile.gettempdir()) / f"vanban-office-{os.getuid()}").resolve()
    with _profile(root) as profile, tempfile.TemporaryDirectory(prefix="vanban-") as folder:
        source = pathlib.Path(folder, f"document.{extension}")
        source.write_bytes(raw)
        office = office_warm.Warm(program, profile)
        for last in (False, True):
            if office.convert([source], timeout):
                target = source.with_suffix(".pdf")
                if target.exists() and target.stat().st_size:
                    return target.read_bytes()
            # whatever it hangs on must not wait for the next file
            office.stop()
            if not last:
                # a damaged profile is the usual reason of a first failure
                shutil.rmtree(profile, ignore_errors=True)
                _prepare(profile)
    raise OfficeError(
        "Không tạo được bản PDF từ tệp soạn thảo: tệp bị lỗi hoặc quá phức tạp. "
        "Hãy mở tệp bằng Word, lưu lại rồi thử lại, hoặc tự xuất PDF và tải lên."
    )


def close(profile_root):
    """End the programs kept open for the profiles of ``profile_root``."""
    for folder in pathlib.Path(profile_root).glob("[0-9]"):
        office_warm.Warm("", folder).stop()


@contextlib.contextmanager
def _profile(root):
    """A profile folder that no other conversion uses at this moment."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if root.stat().st_uid != os.getuid():
        raise OfficeError("Thư mục làm việc của LibreOffice thuộc người dùng khác. Hãy báo quản trị hệ thống.")
    end = time.monotonic() + _WAIT
    while True:
        for index in range(PROFILES):
            with open(root / f"{index}.lock", "w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                profile = root / str(index)
                _prepare(profile)
                yield profile
                return
        if time.monotonic() > end:
            raise OfficeError("Máy chủ đang tạo nhiều bản PDF cùng lúc. Hãy thử lại sau ít phút.")
        time.sleep(0.2)


def _prepare(profile):
    settings = profile / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_SETTINGS)

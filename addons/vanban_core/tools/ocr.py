"""Character recognition of scans by ocrmypdf with the Vietnamese model: a new PDF with a text layer, the scan untouched."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

TIMEOUT = 900
MAX_PAGES = 200


class OcrError(RuntimeError):
    """Recognition was not possible; the message (Vietnamese) says why."""


def available():
    """Whether the machine has the program and its Vietnamese model."""
    return bool(shutil.which("tesseract")) and "vie" in _languages()


def _languages():
    try:
        return subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=30, check=False).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return []


def recognise(raw, timeout=TIMEOUT, max_pages=MAX_PAGES, jobs=1):
    """PDF with the same pages and a text layer; pages that have text already are kept as they are.

    :param bytes raw: scan that passed ``file_check``
    :param int timeout: seconds for the whole file
    :param int max_pages: only that many pages from the beginning are read; the others stay pictures
    :raises OcrError: program missing, too slow, or the file is not readable
    """
    if not available():
        raise OcrError("Máy chủ chưa cài bộ nhận dạng chữ tiếng Việt (tesseract, gói ngôn ngữ vie). Hãy báo quản trị hệ thống.")
    with tempfile.TemporaryDirectory(prefix="vanban-ocr-") as folder:
        source, target = pathlib.Path(folder, "scan.pdf"), pathlib.Path(folder, "text.pdf")
        source.write_bytes(raw)
        command = [
            sys.executable, "-m", "ocrmypdf", "--language", "vie", "--skip-text", "--jobs", str(jobs), "--output-type", "pdf",
            "--optimize", "0", "--quiet", "--pages", f"1-{max_pages}", "--tesseract-timeout", "120", "--max-image-mpixels", "250",
            str(source), str(target),
        ]  # fmt: skip
        if nice := shutil.which("nice"):
            command[:0] = [nice, "-n", "15"]  # people at work come first
        if _pages(source) <= max_pages:
            del command[command.index("--pages") : command.index("--pages") + 2]
        environment = {**os.environ, "TMPDIR": folder, "OMP_THREAD_LIMIT": "1"}
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            _output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise OcrError(f"Nhận dạng chữ quá {timeout} giây nên đã dừng; bản quét vẫn nguyên vẹn.") from error
        if process.returncode or not target.exists():
            lines = errors.decode(errors="replace").strip().splitlines()
            raise OcrError(f"Không nhận dạng được chữ: {lines[-1][:200] if lines else process.returncode}.")
        return target.read_bytes()


def _pages(path):
    import pikepdf

    with pikepdf.open(path) as pdf:
        return len(pdf.pages)

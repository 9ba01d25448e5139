"""A LibreOffice that stays open between conversions: starting it costs more than ten conversions.

Nothing but the program itself is needed: it is started with an empty text that holds it open, and further calls with
the same profile hand their work over to it and return when it is done. It ends by itself after ``LIFE`` seconds and is
replaced after ``USES`` files, so that no file of a stranger works on the files of others for long.
The caller holds the lock of the profile.
"""

import contextlib
import hashlib
import os
import pathlib
import signal
import subprocess
import time

LIFE = 1800
USES = 200
_BARE = ("--headless", "--norestore", "--nolockcheck", "--nofirststartwizard")
_FILTER = (
    'pdf:writer_pdf_Export:{"EmbedStandardFonts":{"type":"boolean","value":"true"},'
    '"ExportFormFields":{"type":"boolean","value":"false"},"ExportBookmarks":{"type":"boolean","value":"false"},'
    '"ExportNotes":{"type":"boolean","value":"false"}}'
)
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"'
    ' office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:p/></office:text></office:body></office:document>'
)
# the shell writes its own number, then becomes the program; the limit ends it when nobody else does
_START = 'echo $$ > "$0" && exec "$@"'


class Warm:
    """The program of one profile folder.

    :param program: path of soffice
    :param pathlib.Path profile: folder of the profile, locked by the caller
    """

    def __init__(self, program, profile):
        self.program, self.profile = program, profile
        self.pid_file, self.uses_file = profile.with_suffix(".pid"), profile.with_suffix(".uses")
        self.text_file = profile.with_suffix(".fodt")
        # LibreOffice marks what it has open; before that it would end with its first task
        self.open_mark = profile.parent / f".~lock.{self.text_file.name}#"
        self._environment = {"HOME": str(profile), "PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}

    def convert(self, sources, seconds):
        """PDFs beside the files in ``sources``; False when it took too long or the program broke down."""
        end = time.monotonic() + seconds
        if not self._ready(end):
            return False
        with open(self.uses_file, "a") as uses:
            uses.write("." * len(sources))
        process = subprocess.Popen(  # noqa: S603 - fixed program, own file names
            [*self._command(), "--convert-to", _FILTER, "--outdir", str(sources[0].parent), *map(str, sources)],
            env=self._environment, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return process.wait(timeout=max(0, end - time.monotonic())) == 0
        except subprocess.TimeoutExpired:
            _kill(process.pid)
            process.wait()
            return False

    def stop(self):
        """End the program at once, whatever it does."""
        pid = self._pid()
        if pid:
            _kill(pid)
            end = time.monotonic() + 5
            while self._pid() and time.monotonic() < end:
                time.sleep(0.02)
        for path in (self.pid_file, self.uses_file, self.open_mark, self._pipe()):
            path.unlink(missing_ok=True)

    def _ready(self, end):
        """Whether a program that takes work is there, started now if need be."""
        if self._pid() and self._listens() and not self._worn():
            return True
        self.stop()
        self.text_file.write_text(_EMPTY)
        subprocess.run(  # noqa: S603 - fixed program, own paths
            ["setsid", "--fork", "sh", "-c", _START, str(self.pid_file), "timeout", "-k", "5", str(LIFE), *self._command(),  # noqa: S607
             str(self.text_file)],
            env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        while time.monotonic() < end:
            if self._listens():
                return True
            time.sleep(0.05)
        return False

    def _listens(self):
        try:
            return self.open_mark.exists() and self._pipe().stat().st_uid == os.getuid()
        except OSError:
            return False

    def _worn(self):
        with contextlib.suppress(OSError):
            if self.uses_file.stat().st_size >= USES:
                return True
        # not so near its end that it could be stopped in the middle of a file
        return time.time() - self.pid_file.stat().st_mtime > LIFE - 300

    def _pid(self):
        """Number of the running program; None when it is gone or the number belongs to something else by now."""
        try:
            pid = int(self.pid_file.read_text())
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if f"-env:UserInstallation=file://{self.profile}".encode() in command else None

    def _command(self):
        return [self.program, *_BARE, f"-env:UserInstallation=file://{self.profile}"]

    def _pipe(self):
        """Socket at which the program of this profile takes work; its name is LibreOffice's own."""
        digest = hashlib.md5(f"file://{self.profile}".encode("utf-16-le"), usedforsecurity=False).digest()
        return pathlib.Path("/tmp", f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}")  # noqa: S108


def _kill(group):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)

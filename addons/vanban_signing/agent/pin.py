"""Ask the user for the PIN on his own machine: pinentry window, terminal, or a given program. The PIN is never kept or logged."""

import getpass
import os
import shlex
import shutil
import subprocess
import sys
from urllib.parse import unquote

_SECONDS = 180


class PinRefused(RuntimeError):
    """The user cancelled, or nobody can be asked; the message is Vietnamese."""


def asker(program=None):
    """Function ``ask(title, text) -> pin`` for this machine; ``program`` is a command that prints the PIN (prompt in VANBAN_PIN_PROMPT)."""
    if program:
        return lambda title, text: _from_program(program, title, text)
    pinentry = shutil.which("pinentry")
    if pinentry and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin"):
        return lambda title, text: _from_pinentry([pinentry], title, text)
    if sys.stdin.isatty():
        return _from_terminal
    raise PinRefused("Không có cách hỏi mã PIN: hãy chạy trong cửa sổ lệnh, hoặc cài pinentry.")


def _from_program(program, title, text):
    try:
        done = subprocess.run(
            shlex.split(program),
            env=dict(os.environ, VANBAN_PIN_PROMPT=f"{title}\n{text}"),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PinRefused("Chương trình hỏi mã PIN không trả lời.") from error
    pin = done.stdout.strip("\r\n")
    if done.returncode or not pin:
        raise PinRefused("Người dùng đã hủy, văn bản chưa được ký.")
    return pin


def _from_terminal(title, text):
    print(f"\n{title}\n{text}", flush=True)
    try:
        pin = getpass.getpass("Mã PIN (để trống là hủy): ")
    except (EOFError, KeyboardInterrupt) as error:
        raise PinRefused("Người dùng đã hủy, văn bản chưa được ký.") from error
    if not pin:
        raise PinRefused("Người dùng đã hủy, văn bản chưa được ký.")
    return pin


def _from_pinentry(command, title, text):
    """Assuan protocol: one command per line, data comes in a ``D`` line, percent-coded."""
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

            def say(line):
                process.stdin.write(line + "\n")
                process.stdin.flush()
                return _answer(process.stdout)

            _answer(process.stdout)
            for line in (
                f"SETTITLE {_coded(title)}",
                f"SETDESC {_coded(text)}",
                "SETPROMPT PIN:",
                f"SETTIMEOUT {_SECONDS}",
                "SETOK Ký",
                "SETCANCEL Hủy",
            ):
                say(line)
            pin = say("GETPIN")
            process.stdin.close()
    except (OSError, ValueError) as error:
        raise PinRefused("Cửa sổ hỏi mã PIN không mở được.") from error
    if not pin:
        raise PinRefused("Người dùng đã hủy, văn bản chưa được ký.")
    return pin


def _answer(stream):
    data = ""
    for line in stream:
        line = line.rstrip("\n")
        if line.startswith("D "):
            data += unquote(line[2:])
        elif line.startswith("OK"):
            return data
        elif line.startswith("ERR"):
            return ""
    return ""


def _coded(text):
    return text.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")

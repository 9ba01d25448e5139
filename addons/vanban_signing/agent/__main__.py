"""``python -m agent --module LIB [--port 8765]``: run the signing agent on this machine."""

import argparse
import contextlib
import os
import signal
import sys
from pathlib import Path

from .pairing import Pairing
from .pin import PinRefused, asker
from .server import VERSION, Agent
from .signing import Signer
from .token import Module, TokenError


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m agent", description="Chương trình ký số trên máy người dùng.")
    parser.add_argument(
        "--module",
        default=os.environ.get("VANBAN_PKCS11_MODULE", "/usr/lib/softhsm/libsofthsm2.so"),
        help="trình điều khiển PKCS#11 của thiết bị",
    )
    parser.add_argument("--port", type=int, default=8765, help="cổng trên 127.0.0.1 (0: chọn cổng trống)")
    parser.add_argument(
        "--state",
        type=Path,
        default=Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "vanban-agent" / "pairing.json",
    )
    parser.add_argument("--pair", action="store_true", help="cho ghép nối lại với một hệ thống")
    parser.add_argument("--pin-program", help="lệnh in ra mã PIN (lời nhắc ở biến VANBAN_PIN_PROMPT)")
    parser.add_argument("--keep-open", action="store_true", help="không hỏi lại mã PIN cho đến khi tắt chương trình")
    parser.add_argument("--version", action="version", version=VERSION)
    options = parser.parse_args(arguments)
    say = lambda text: print(text, flush=True)  # noqa: E731
    try:
        signer = Signer(Module(options.module), asker(options.pin_program), options.keep_open, say)
    except (TokenError, PinRefused) as error:
        print(error, file=sys.stderr)
        return 1
    pairing = Pairing(options.state, say)
    try:
        server = Agent(options.port, pairing, signer, say)
    except OSError as error:
        print(
            f"Không mở được cổng {options.port} trên 127.0.0.1 ({error.strerror}). Hãy chọn cổng khác bằng --port.",
            file=sys.stderr,
        )
        return 1
    say(f"Chương trình ký số chạy tại http://127.0.0.1:{server.server_address[1]}")
    if options.pair or not pairing.origin:
        pairing.new_code()
    else:
        say(f"Đã ghép nối với {pairing.origin} (--pair để ghép nối lại)")
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

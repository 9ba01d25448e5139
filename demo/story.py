"""``python -m demo.story``: play the main job between two agencies over HTTP, prove its products, then serve.

``SERVE=0`` stops after the story. Exit status 0 only if every step and every outside proof held.
Products are left under ``var/story/``.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading

from . import chapter_archive, chapter_arrival, chapter_proofs, chapter_recall, chapter_reply, chapter_request
from .facts import Facts
from .network import Network
from .places import STORY
from .report import Record, StoryFailed
from .roles import print_accounts

CHAPTERS = (
    chapter_request.request,
    chapter_arrival.receive,
    chapter_arrival.distribute,
    chapter_reply.reply,
    chapter_recall.recall,
    chapter_archive.archive,
    chapter_archive.destroy,
    chapter_proofs.prove,
)


def play(record: Record, net: Network) -> None:
    """Set both agencies up and play every chapter.

    :raises StoryFailed: the first step that does not hold
    """
    record.chapter("0. Hai cơ quan, mỗi cơ quan một hệ thống riêng")
    with record.step("Cài đặt, khởi động hai hệ thống; khai báo đơn vị, người dùng, sổ, chứng thư, kết nối") as row:
        net.build()
        row["note"] = ", ".join(f"{site.agency.name}: {site.server.base}, {site.address}" for site in net.sites)
    facts = Facts()
    for chapter in CHAPTERS:
        chapter(record, net, facts)


def main() -> int:
    serve = os.environ.get("SERVE", "1") != "0"
    shutil.rmtree(STORY, ignore_errors=True)
    STORY.mkdir(parents=True)
    sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    record = Record()
    net = Network(prefix=os.environ.get("VANBAN_DEMO_PREFIX", "vbdemo"))
    try:
        play(record, net)
    except StoryFailed as failure:
        print(f"\nCÂU CHUYỆN DỪNG LẠI: {failure}")
        for site in net.sites:
            for line in site.server.trouble()[-15:]:
                print(f"  {site.agency.name}: {line[:400]}")
    finally:
        record.save(STORY / "story.json")
    verdict = "ĐẠT" if record.ok else "KHÔNG ĐẠT"
    print(f"\n{verdict}: {len(record.steps)} bước, {record.seconds:.0f} giây. Sản phẩm: {STORY}")
    try:
        if serve and record.ok:
            print_accounts(net)
            threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        net.close(keep=True)
    return 0 if record.ok else 1


if __name__ == "__main__":
    sys.exit(main())

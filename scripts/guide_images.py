"""Renew the pictures of the guides from the screenshots of the browser tests (``make test PART=browser`` makes them).

``guide_images.py`` copies what is there and names what is missing.
"""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SHOTS, IMAGES = ROOT / "var" / "screenshots", ROOT / "docs" / "images"
#: picture of a guide → screenshot
PICTURES = {
    "ban-lam-viec": "desktop-38-desk-clerk",
    "cho-y-kien": "desktop-30-leader-distributes",
    "cho-y-kien-dien-thoai": "phone-30-leader-distributes",
    "da-phat-hanh": "desktop-8-binhdinh-22-issued",
    "dang-ky-van-ban-den": "desktop-30-suggestions-taken",
    "duyet-ky": "desktop-8-binhdinh-09-submission",
    "duyet-ky-dien-thoai": "phone-8-bhxh-09-submission",
    "hai-luong": "desktop-36-two-tracks",
    "ket-qua-dien-thoai": "phone-36-outcome-partner_id",
    "sao-van-ban": "desktop-71-copy-chosen",
    "so-da-dong": "desktop-32-closed-register",
    "viec-can-lam": "desktop-32-live-notice",
    "xu-ly": "desktop-36-specialist-cascade",
}


def main():
    missing = []
    for picture, shot in PICTURES.items():
        source = SHOTS / f"{shot}.png"
        if source.exists():
            # a screen has few colours: a palette keeps the repository small
            Image.open(source).convert("RGB").quantize(256).save(IMAGES / f"{picture}.png", optimize=True)
        else:
            missing.append(source.name)
    print(f"{len(PICTURES) - len(missing)} pictures renewed" + (f"; no screenshot: {', '.join(missing)}" if missing else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The whole story as a person starts it: ``make demo SERVE=0``, its steps, its outside proofs, its products."""

import json
import os
import subprocess
import sys

from demo.places import ROOT, STORY
from proves import proves

PRODUCTS = (
    "issued.pdf", "ca.pem", "outgoing.edxml", "register-in.pdf", "register-out.pdf", "package", "access-log.jsonl",
    "status-01-da-den.edxml", "status-03-da-tiep-nhan.edxml", "status-04-phan-cong.edxml",
    "status-05-dang-xu-ly.edxml", "status-06-hoan-thanh.edxml",
)  # fmt: skip


@proves("IN-06", "SIGN-27", "LT-05", "LT-17", "DOS-02", "DOS-04", "ARC-13", "ARC-14", "ARC-15", "ARC-16")
def test_story():
    environment = {**os.environ, "SERVE": "0", "VANBAN_DEMO_PREFIX": "vbtest_story"}
    played = subprocess.run(
        [sys.executable, "-m", "demo.story"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=550
    )
    assert played.returncode == 0, played.stdout[-6000:] + played.stderr[-3000:]
    story = json.loads((STORY / "story.json").read_text())
    assert story["ok"] and len(story["steps"]) > 40
    assert all(step["ok"] for step in story["steps"])
    assert [name for name in PRODUCTS if not (STORY / name).exists()] == []

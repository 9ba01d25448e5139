"""The record of a story: every step with its outcome and time, printed as it happens."""

from __future__ import annotations

import contextlib
import json
import time
import traceback
from collections.abc import Iterator
from pathlib import Path


class StoryFailed(Exception):
    """A step did not hold. The message is the step's name and the reason."""


class Record:
    """Collects steps; `save` writes ``story.json``: ``{ok, seconds, steps: [{name, ok, seconds, note?, error?}]}``."""

    def __init__(self, out=print):
        self.steps: list[dict] = []
        self._out = out
        self._started = time.monotonic()

    def chapter(self, title: str) -> None:
        self._out(f"\n{title}")

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[dict]:
        """Time one step. The dictionary it yields may be given a ``note`` that is printed.

        :raises StoryFailed: the step raised; nothing after it makes sense
        """
        row: dict = {"name": name, "ok": False, "seconds": 0.0}
        self.steps.append(row)
        started = time.monotonic()
        try:
            yield row
            row["ok"] = True
        except Exception as error:
            row["error"] = f"{type(error).__name__}: {error}"
            debug = getattr(error, "debug", "")
            self._out(f"  ✗ {name}\n{debug or traceback.format_exc()}")
            raise StoryFailed(f"{name}: {error}") from error
        finally:
            row["seconds"] = round(time.monotonic() - started, 2)
        note = f" – {row['note']}" if row.get("note") else ""
        self._out(f"  ✓ {name}{note} ({row['seconds']:.1f} s)")

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(row["ok"] for row in self.steps)

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._started, 1)

    def save(self, path: Path) -> None:
        result = {"ok": self.ok, "seconds": self.seconds, "steps": self.steps}
        path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")

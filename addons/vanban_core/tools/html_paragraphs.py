"""Plain paragraphs out of the editor's HTML, for templates that lay them out by the rules on form.

Only what an official document needs is kept: paragraphs, headings (centred), list items, bold, italic, underlined.
"""

import dataclasses
import re

import lxml.html

_BLOCKS = {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "blockquote", "pre"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SKIPPED = {"script", "style", "head", "title", "template"}


@dataclasses.dataclass
class Run:
    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclasses.dataclass
class Paragraph:
    """``kind`` is ``"text"`` or ``"heading"``; ``runs`` never empty."""

    kind: str = "text"
    runs: list = dataclasses.field(default_factory=list)

    @property
    def text(self):
        return "".join(run.text for run in self.runs)


def paragraphs(html):
    """[:class:`Paragraph`] of HTML or plain text (blank lines and line breaks separate paragraphs)."""
    html = _NOT_XML.sub("", html or "").strip()
    if not html:
        return []
    if "<" not in html:
        html = "".join(f"<p>{line}</p>" for line in html.replace("&", "&amp;").splitlines() if line.strip())
    reader = _Reader()
    reader.walk(lxml.html.fragment_fromstring(html, create_parent="div"), {}, "text", "")
    reader.close()
    return reader.done


class _Reader:
    def __init__(self):
        self.done = []
        self.open = Paragraph()

    def close(self, kind="text"):
        if self.open.text.strip():
            runs = self.open.runs
            runs[0].text = runs[0].text.lstrip()
            runs[-1].text = runs[-1].text.rstrip()
            self.done.append(self.open)
        self.open = Paragraph(kind)

    def add(self, text, style):
        if text:
            text = re.sub(r"[ \t\r\n]+", " ", text)
            self.open.runs.append(Run(text, **style))

    def walk(self, node, style, kind, marker):
        if not isinstance(node.tag, str) or node.tag in _SKIPPED:
            return
        tag = node.tag
        if tag == "br":
            self.close(kind)
            return
        if tag in _BLOCKS:
            kind = "heading" if tag in _HEADINGS else kind
            self.close(kind)
            if tag == "li":
                self.add(marker, style)
        style = {
            **style,
            **({"bold": True} if tag in ("b", "strong") or tag in _HEADINGS else {}),
            **({"italic": True} if tag in ("i", "em") else {}),
            **({"underline": True} if tag == "u" else {}),
        }
        self.add(node.text, style)
        number = 0
        for child in node:
            if child.tag == "li":
                number += 1
            self.walk(child, style, kind, f"{number}. " if tag == "ol" else "- ")
            self.add(child.tail, style)
        if tag in _BLOCKS:
            self.close()
        elif tag == "td":
            self.add(" ", style)

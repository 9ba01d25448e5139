from hypothesis import given
from hypothesis import strategies as st

from tools import html_paragraphs


def texts(html):
    return [(paragraph.kind, paragraph.text) for paragraph in html_paragraphs.paragraphs(html)]


def test_paragraphs_headings_and_lists():
    html = "<h3>QUYẾT ĐỊNH:</h3><p>Điều 1.<br>Nội dung</p><ul><li>một</li><li>hai</li></ul><ol><li>ba</li><li>bốn</li></ol>đuôi"
    assert texts(html) == [
        ("heading", "QUYẾT ĐỊNH:"), ("text", "Điều 1."), ("text", "Nội dung"), ("text", "- một"), ("text", "- hai"),
        ("text", "1. ba"), ("text", "2. bốn"), ("text", "đuôi"),
    ]  # fmt: skip


def test_runs_keep_their_style():
    (paragraph,) = html_paragraphs.paragraphs("<p>a <b>đậm <i>nghiêng</i></b> <u>gạch</u></p>")
    assert [(run.text, run.bold, run.italic, run.underline) for run in paragraph.runs if run.text.strip()] == [
        ("a ", False, False, False), ("đậm ", True, False, False), ("nghiêng", True, True, False), ("gạch", False, False, True),
    ]  # fmt: skip


def test_plain_text_and_nothing():
    assert texts("dòng một\n\ndòng hai & ba") == [("text", "dòng một"), ("text", "dòng hai & ba")]
    assert texts("") == texts(None) == texts("<p><br></p>") == []


def test_scripts_leave_nothing():
    assert texts("<p>a</p><script>alert(1)</script><style>x</style><!-- ghi chú -->") == [("text", "a")]


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    for paragraph in html_paragraphs.paragraphs(text):
        assert paragraph.text.strip()

import time

from hypothesis import given
from hypothesis import strategies as st

from tools import text_diff

WORDS = st.lists(st.sampled_from(["ngày", "15", "20", "hết", "hạn.", "gửi;"]), max_size=40).map(" ".join)


def test_words_are_marked_and_line_ends_do_not_count():
    assert text_diff.compare("Báo cáo gửi\ntrước ngày 15.", "Báo cáo gửi trước\nngày 20.") == [
        ("same", "Báo cáo gửi trước ngày"), ("old", "15."), ("new", "20."),
    ]  # fmt: skip
    assert text_diff.compare("", "") == []
    assert text_diff.compare("a b.", "a b.") == [("same", "a b.")]


@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_the_result(old, new):
    pieces = text_diff.compare(old, new)
    for text, gone in ((old, "new"), (new, "old")):
        assert " ".join(piece for kind, piece in pieces if kind != gone).split() == text.split()


def test_unchanged_text_is_shortened_around_the_difference():
    words = [f"t{number}" for number in range(200)]
    pieces = text_diff.shortened([("same", " ".join(words)), ("new", "x"), ("same", " ".join(words))], keep=3)
    assert pieces == [("same", "… t197 t198 t199"), ("new", "x"), ("same", "t0 t1 t2 …")]


def test_long_texts_end_in_time():
    old = " ".join(f"câu số {number} của văn bản." for number in range(3000))
    new = old.replace("văn bản.", "tờ trình.")
    started = time.monotonic()
    assert text_diff.compare(old, new)
    assert time.monotonic() - started < 20


def test_paragraphs_are_kept_and_their_ends_are_no_difference():
    page = "Căn cứ Luật Tổ chức;\nCăn cứ Nghị định\nsố 30.\nĐiều 1. Phòng Tổ chức\nthi hành\nĐiều 2. Hiệu lực"
    assert text_diff.paragraphs(page) == "Căn cứ Luật Tổ chức;\nCăn cứ Nghị định số 30.\nĐiều 1. Phòng Tổ chức thi hành\nĐiều 2. Hiệu lực"
    new = page.replace("Tổ chức\nthi hành", "Tài chính thi\nhành")
    assert text_diff.compare(page, new) == [
        ("same", "Căn cứ Luật Tổ chức;\nCăn cứ Nghị định số 30.\nĐiều 1. Phòng"), ("old", "Tổ chức"), ("new", "Tài chính"),
        ("same", "thi hành\nĐiều 2. Hiệu lực"),
    ]  # fmt: skip
    # each line of a Word file is a paragraph; put together or apart, its words are the same
    assert text_diff.compare("QUYẾT ĐỊNH\nVề việc mẫu", "QUYẾT ĐỊNH Về việc mẫu", (False, True)) == [("same", "QUYẾT ĐỊNH Về việc mẫu")]
    assert text_diff.compare("một\nhai", "một\nba", (False, False)) == [("same", "một\n"), ("old", "hai"), ("new", "ba")]
    assert text_diff.shortened([("same", "a\nb c\nd e"), ("new", "x")], keep=2) == [("same", "… d e"), ("new", "x")]

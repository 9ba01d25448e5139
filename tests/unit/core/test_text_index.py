import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tools.text_index import LAST_POSITION, POSITIONS_PER_WORD, tsquery, tsvector


def _positions(text):
    return {lexeme.strip("'"): places for lexeme, _colon, places in (part.partition(":") for part in tsvector(text).split())}


def test_words_stand_with_and_without_accents_at_one_position():
    assert _positions("Bảo hiểm, bao cấp") == {
        "bao": "1,3", "bao~r": "1", "hiem": "2", "hiem~^r": "2", "cap": "4", "cap~^s": "4",
    }  # fmt: skip


def test_spelling_of_the_tone_and_composition_do_not_matter():
    assert tsvector("hoà bình") == tsvector("hòa bình") == tsvector(unicodedata.normalize("NFD", "hoà bình"))
    assert set(_positions("đường")) == {"duong", "duong~+d+f"} or "duong" in _positions("đường")
    assert tsquery("Đường") != tsquery("dương")


def test_query():
    assert tsquery("bao hiểm") == "('bao') & ('hiem~^r')"
    assert tsquery('"bảo hiểm" 2026') == "('bao~r' <-> 'hiem~^r') & ('2026')"
    assert tsquery("12/SNV-VP") == "('12' <-> 'snv' <-> 'vp')"
    assert tsquery(" -- ' \\ ") == "" == tsquery(None)


def test_limits_of_the_type():
    places = _positions("a " * 20_000 + "cuối")
    assert len(places["a"].split(",")) == POSITIONS_PER_WORD
    assert places["cuoi~^s"] == str(LAST_POSITION)


@given(st.text())
def test_any_text_gives_quoted_words_only(text):
    for part in tsvector(text).split():
        word, _colon, places = part.rpartition(":")
        assert word[0] == word[-1] == "'" and not set(word[1:-1]) & set("'\\ ")
        assert all(1 <= int(place) <= LAST_POSITION for place in places.split(","))
    assert "\\" not in tsquery(text)

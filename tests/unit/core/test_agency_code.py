import pytest

from tools import agency_code


def test_forms():
    assert agency_code.parse(" h56.01 ").form == agency_code.NEW
    old = agency_code.parse("000.00.01.H56")
    assert old.form == agency_code.OLD and old.warnings
    assert agency_code.parse("28.22.H17").form == agency_code.OTHER


@pytest.mark.parametrize("text", ["", "   ", "H56..01", "H56/01", "Đ56.01", "H56." + "1" * 40])
def test_refused(text):
    with pytest.raises(agency_code.AgencyCodeError):
        agency_code.parse(text)


@pytest.mark.parametrize(
    ("old", "new"), [("000.00.01.H56", "H56.01"), ("002.00.20.H13", "H13.20.00.002"), ("000.00.00.G22", "G22")]
)
def test_suggestion_both_ways(old, new):
    assert agency_code.suggest(old) == new
    assert agency_code.suggest(new) == old


def test_no_suggestion_where_the_old_form_has_no_room():
    assert agency_code.suggest("H56.01.02.003.04") is None
    assert agency_code.suggest("H56.123") is None


def test_limit_of_a_target():
    assert agency_code.fits("H56.01.02.03.04", 13)
    assert not agency_code.fits("000.00.01.H56", 13)


@pytest.mark.parametrize(("given", "text", "spelling"), [
    (" h56.01 ", "H56.01", "h56.01"), ("vxp.saas.03", "VXP.SAAS.03", "vxp.saas.03"), ("H56. 01", "H56.01", "H56.01")])
def test_spelling_is_kept_beside_what_is_compared(given, text, spelling):
    code = agency_code.parse(given)
    assert (code.text, code.spelling) == (text, spelling)

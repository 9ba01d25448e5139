"""The digitisation standard, measured on real PDF files (IN-15)."""

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pagesizes import letter as us_letter

from proves import proves
from scan_samples import letter, scan
from tools import scan_check


def criteria(raw, standard=None):
    return {criterion for criterion, _text in scan_check.examine(raw, standard).problems}


def test_good_scan_has_no_problem():
    report = scan_check.examine(scan(dpi=200))
    assert not report.problems and report.dpi in (199, 200, 201) and report.scanned == 1


@proves("IN-15")
def test_low_grey_scan_names_each_criterion():
    report = scan_check.examine(scan(dpi=150, colour=False))
    assert {criterion for criterion, _text in report.problems} == {"dpi", "colour"}
    assert "150 dpi" in report.text and "xám" in report.text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"version": (1, 3)}, {"version"}),
        ({"size": us_letter}, {"scale"}),
        ({"share": 0.7}, {"scale"}),
        ({"size": (A4[1], A4[0])}, set()),
        ({"size": (A4[0] * 0.5, A4[1] * 0.5), "dpi": 300}, {"scale"}),
        ({"pages": 3, "dpi": 100}, {"dpi"}),
    ],
)
def test_each_criterion_alone(arguments, expected):
    assert criteria(scan(**arguments)) == expected


def test_printed_to_pdf_is_no_scan():
    report = scan_check.examine(letter())
    assert report.scanned == 0 and not report.problems


def test_long_scan_is_sampled():
    report = scan_check.examine(scan(pages=130, dpi=40))
    assert report.pages == 130 and report.scanned <= scan_check.MAX_PAGES_MEASURED
    assert "trang khác" in report.text

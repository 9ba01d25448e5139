"""Places kept for incoming stamps (the seal's lock is EXCLUDE of exactly these two): nothing but one stamp each may come."""

import functools

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

import signing_sample as sample
from pades import SEAL, STAMPS, sign, stamp
from pades.appearance import Appearance
from pades.errors import SignError
from pades.verify import verify
from proves import proves
from test_attacks import (
    annotation,
    content,
    field,
    font_of_the_form,
    layers,
    moved,
    new_field,
    number,
    open_action,
    update,
)
from test_stamp import issued_with_places, stamped

empty = functools.cache(issued_with_places)


@functools.cache
def one():
    return stamped(empty(), (0,))


@functools.cache
def both():
    return stamped(empty())


def states(raw):
    report = verify(raw, sample.trust())
    return report.overall, {item.field: item.overall for item in report.signatures}


def _renumbered(writer):
    number("999")(writer)


def _widened(writer):
    """The place of the second stamp is drawn over the text."""
    target = field(writer, STAMPS[1])
    target[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (60, 380, 560, 720)))
    writer.update_container(target)


def _emptied(writer):
    """The first stamp is taken out, so that the place can be filled once more."""
    target = field(writer, STAMPS[0])
    for key in ("/V", "/AP"):
        target.pop(pdf_name(key), None)
    writer.update_container(target)


def _relocked(writer):
    """The lock of the seal is widened after the seal."""
    target = field(writer, SEAL)
    target["/Lock"]["/Fields"].append(generic.pdf_string("so"))
    writer.update_container(target["/Lock"])
    writer.update_container(target)


def _third(writer):
    """One more place for a stamp, that nobody kept."""
    new_field(writer)
    fields = writer.root["/AcroForm"]["/Fields"]
    last = fields[-1]
    last[pdf_name("/FT")], last[pdf_name("/T")] = pdf_name("/Sig"), generic.pdf_string(f"{STAMPS[0]}2")
    last.pop(pdf_name("/V"), None)
    writer.update_container(last)


WORKS = [annotation, content, new_field, moved, open_action, layers, font_of_the_form, _renumbered, _widened, _relocked, _third]


@proves("SIGN-28")
@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
@pytest.mark.parametrize("make", [empty, one], ids=["empty", "one"])
def test_everything_else_stays_locked(make, work):
    assert states(make())[0] == "valid"
    changed = update(make(), work)
    assert states(changed)[0] != "valid"


@pytest.mark.parametrize("work", [_renumbered, annotation, _widened], ids=lambda work: work.__name__)
def test_a_genuine_stamp_over_a_change_does_not_heal_it(work):
    changed = update(empty(), work)
    place = stamp.place(changed, order=0, width_mm=55, height_mm=13)
    done = sign.sign(place.pdf, place.field, sample.agency(), chain=sample.chain(), appearance=Appearance(lines=("Số đến: 1",)))
    overall, each = states(done)
    assert overall != "valid" and each.get(SEAL) != "valid"


@proves("SIGN-28")
@pytest.mark.parametrize("make", [one, both], ids=["one", "both"])
def test_a_stamp_is_filled_once(make):
    opened = update(make(), _emptied)
    assert states(opened)[0] != "valid"
    # even with a genuine key of a genuine agency
    again = sign.sign(opened, STAMPS[0], sample.agency(), chain=sample.chain(), appearance=Appearance(lines=("Số đến: 2",)))
    overall, each = states(again)
    assert overall != "valid" and each.get(SEAL) != "valid"


def test_the_system_itself_never_fills_a_place_twice():
    with pytest.raises(SignError) as caught:
        stamp.place(one(), order=0, width_mm=55, height_mm=13)
    assert caught.value.code == "locked"

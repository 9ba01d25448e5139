"""Damage signed files at random, reproducibly, in the ways that matter for PDF; used by the small and the long run."""

import random
import re

NUMBER = re.compile(rb"\d+")
WORDS = (b"obj", b"endobj", b"stream", b"xref", b"trailer", b"startxref", b"%%EOF", b"/ByteRange", b"/Contents", b"/Prev", b"/Root",
         b"/Kids", b"/Parent", b"/Length", b"/Fields", b"/V", b"/AP", b"/Annots")  # fmt: skip


def mutated(raw, seed):
    """Bytes after one to four damages chosen by ``seed``."""
    chance = random.Random(seed)
    data = bytearray(raw)
    for _turn in range(chance.randint(1, 4)):
        chance.choice((_flip, _insert, _delete, _copy, _number, _word, _swap, _cut, _append))(data, chance)
    return bytes(data)


def _at(data, chance):
    return chance.randrange(max(1, len(data)))


def _flip(data, chance):
    if data:
        data[_at(data, chance)] ^= 1 << chance.randrange(8)


def _insert(data, chance):
    at = _at(data, chance)
    data[at:at] = chance.randbytes(chance.randint(1, 40))


def _delete(data, chance):
    at = _at(data, chance)
    del data[at : at + chance.randint(1, 200)]


def _copy(data, chance):
    start, at = _at(data, chance), _at(data, chance)
    data[at:at] = data[start : start + chance.randint(1, 3000)]


def _number(data, chance):
    """Another number of equal length: lengths, offsets, references to objects, also to themselves."""
    start = _at(data, chance)
    found = NUMBER.search(data, start)
    if found:
        size = len(found[0])
        data[found.start() : found.end()] = b"%0*d" % (size, chance.randrange(10 ** min(size, 9)))


def _word(data, chance):
    places = [found.start() for found in re.finditer(re.escape(chance.choice(WORDS)), data)]
    if places:
        at = chance.choice(places)
        data[at : at + 3] = chance.choice((b"xxx", b"   ", b"///"))


def _swap(data, chance):
    one, other, size = _at(data, chance), _at(data, chance), chance.randint(1, 400)
    first, second = data[one : one + size], data[other : other + size]
    if len(first) == len(second) and abs(one - other) >= size:
        data[one : one + size], data[other : other + size] = second, first


def _cut(data, chance):
    if chance.random() < 0.3:
        del data[_at(data, chance) :]


def _append(data, chance):
    data += chance.choice((b"\n%%EOF\n", b"junk", b"startxref\n0\n%%EOF\n", b"\x00" * 20))

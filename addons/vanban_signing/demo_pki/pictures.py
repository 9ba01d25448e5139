"""Fictional pictures: a blue handwritten-looking signature and a red round seal, both PNG with transparent ground."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFont

_FONT = "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf"


def signature(seed="", width=600, height=280):
    """Blue scribble, different for each ``seed``; PNG bytes."""
    chance = random.Random(seed)
    image = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    waves = [(chance.uniform(1, 4), chance.uniform(0, 6.3), chance.uniform(0.2, 0.5)) for _ in range(4)]
    points = []
    for step in range(400):
        part = step / 399
        lift = sum(math.sin(6.3 * rate * part * 2 + phase) * weight for rate, phase, weight in waves)
        points.append((width * (0.05 + 0.9 * part) + 25 * math.sin(30 * part), height / 2 + lift * height * 0.22))
    pen.line(points, fill=(20, 50, 170, 255), width=7, joint="curve")
    pen.line([(width * 0.1, height * 0.85), (width * 0.9, height * 0.78)], fill=(20, 50, 170, 255), width=5)
    return _png(image)


def seal(agency, parent="", size=850):
    """Red round seal with the agency's name around a star; PNG bytes."""
    image = Image.new("RGBA", (size, size), (255, 255, 255, 0))
    pen, red, middle = ImageDraw.Draw(image), (205, 20, 30, 255), size / 2
    for inset, width in ((4, 16), (28, 5), (int(size * 0.23), 6)):
        pen.ellipse((inset, inset, size - inset, size - inset), outline=red, width=width)
    star = [
        (middle + size * radius * math.sin(math.pi * turn / 5), middle - size * radius * math.cos(math.pi * turn / 5))
        for turn in range(10)
        for radius in [0.16 if turn % 2 == 0 else 0.062]
    ]
    pen.polygon(star, fill=red)
    _around(image, agency.upper(), size * 0.36, red, 1)
    _around(image, parent.upper() or "TRÌNH DIỄN", size * 0.36, red, -1)
    return _png(image)


def _around(image, text, radius, colour, side):
    font = ImageFont.truetype(_FONT, 62)
    middle = image.width / 2
    widths = [font.getlength(letter) for letter in text]
    total = min(sum(widths) * 1.08 / radius, 2.7)
    angle = -total / 2
    for letter, width in zip(text, widths, strict=True):
        share = width / sum(widths) * total
        here = angle + share / 2
        tile = Image.new("RGBA", (120, 120), (255, 255, 255, 0))
        ImageDraw.Draw(tile).text((60, 60), letter, font=font, fill=colour, anchor="mm")
        tile = tile.rotate(-math.degrees(here) * side, resample=Image.Resampling.BICUBIC)
        x, y = middle + radius * math.sin(here), middle - side * radius * math.cos(here)
        image.alpha_composite(tile, (int(x - 60), int(y - 60)))
        angle += share


def _png(image):
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

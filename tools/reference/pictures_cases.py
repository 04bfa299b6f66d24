"""The cases of pictures_reference.py: by kind, (name, file, what is expected).

Expected is PILLOW (what Pillow shows), an array (height, width, 3) where Pillow doesn't open the file or doesn't know
what its samples mean, or a text that the refusal has in it.
"""

import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

import pictures_files as f

PILLOW = "Pillow"
W, H = 12, 7
y, x = np.mgrid[0:H, 0:W]
RGB = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), ((x // 3 + y // 2) % 2) * 180 + 30], -1)
GRAY = ((x * 21 + y * 3) % 256)[..., None]
ALPHA = (x * 255 // (W - 1))[..., None]
RGBA = np.concatenate([RGB, ALPHA], -1)
IMAGE = f.image(RGB)
JPEG = f.encode(IMAGE, "JPEG", quality=95, subsampling=0)
PNG = f.encode(IMAGE, "PNG")

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SWAPPED = f.rgb_profile([(0.1431, 0.0606, 0.7141), (0.3851, 0.7169, 0.0971), (0.4361, 0.2225, 0.0139)], 2.2)
WIDE = f.rgb_profile([(0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)], 2.2)
LINEAR = f.rgb_profile([(0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)], 1.0)
GRAY_18 = f.gray_profile(1.8)
GRAY_10 = f.gray_profile(1.0)
CMYK = f.table_profile(b"CMYK", b"prtr", 4, lambda c, m, k, b: ((1 - b) * (95 - 30 * c - 40 * m), 60 * m - 40 * c, 70 * k - 30 * c))
TABLE = f.table_profile(b"RGB ", b"scnr", 3, lambda r, g, b: (30 * r + 55 * g + 10 * b, 60 * (r - g), 60 * (g - b)))
PRINTER = f.table_profile(b"RGB ", b"prtr", 3, lambda r, g, b: (30 * r + 55 * g + 10 * b, 60 * (r - g), 60 * (g - b)))


def on_white(color, alpha):
    """Levels 0 to 255, as floating point numbers."""
    return np.rint(np.clip(color * alpha + 255 * (1 - alpha), 0, 255)).astype(np.uint8)


def gray3(levels):
    return np.repeat(np.rint(np.clip(levels, 0, 255)).astype(np.uint8), 3, -1)


def carriers(block=None, packet=None):
    """The same metadata in every container."""
    segments = (f.exif_segment(block) if block is not None else b"") + (f.xmp_segment(packet) if packet is not None else b"")
    chunks = ([f.chunk(b"eXIf", block)] if block is not None else []) + ([f.itxt(b"XML:com.adobe.xmp", packet)] if packet is not None else [])
    return [
        ("jpg", f.after_start(JPEG, segments)),
        ("png", f.png(RGB, 2, before=chunks)),
        ("webp", f.webp(IMAGE, block, packet)),
    ]


def orientations():
    kinds = {1: "byte", 3: "short", 4: "long", 5: "rational", 6: "sbyte", 8: "sshort", 9: "slong", 11: "float", 12: "double"}
    for value in range(0, 10):
        yield f"exif-{value}.jpg", f.after_start(JPEG, f.exif_segment(f.orientation(value))), PILLOW
    for kind, name in kinds.items():
        value = (6, 1) if kind in (5, 10) else 6
        for end, file in carriers(f.orientation(value, kind)):
            yield f"exif-{name}.{end}", file, PILLOW
        yield f"exif-{name}-mm.jpg", f.after_start(JPEG, f.exif_segment(f.orientation(value, kind, ">"))), PILLOW
    blocks = {
        "ascii": f.exif([(274, 2, b"6\0")]),
        "undefined": f.exif([(274, 7, b"\6\0\0\0")]),
        "two-values": f.exif([(274, 3, [6, 1])]),
        "many-values": f.exif([(274, 3, [8, 1, 1, 1, 1])]),
        "twice": f.exif([(274, 3, [6]), (274, 3, [8])]),
        "fraction": f.exif([(274, 5, [(13, 2)])]),
        "no-end": f.orientation(6, end=b""),
        "count-too-high": f.exif([(274, 3, [6])], count=9, end=b""),
        "count-0": f.exif([(274, 3, b"")]),
        "prefix-twice": b"Exif\0\0" + f.orientation(6),
        "unknown-type": f.exif([(271, 77, b"abcd"), (274, 3, [6])]),
        "value-beyond-end": f.exif([(271, 2, b"too long for its place")])[:-12],
        "negative": f.exif([(274, 8, [-6])]),
        "swapped": f.exif([(274, 3, [0x600])]),
    }
    for name, block in blocks.items():
        yield f"exif-{name}.jpg", f.after_start(JPEG, f.exif_segment(block)), PILLOW
    for name, block in {"garbage": bytes(range(64)), "empty": b"", "no-tiff": b"XX*\0" + f.orientation(6)[4:],
                        "far": f.orientation(6)[:4] + struct.pack("<I", 1 << 30)}.items():
        for end, file in carriers(block):
            yield f"exif-{name}.{end}", file, "=plain.jpg" if end == "jpg" else RGB  # some are errors to Pillow
    for name, packet in {"attribute": f.xmp_attribute(6), "element": f.xmp_element(8), "zero": f.xmp_attribute(0),
                         "nine": f.xmp_attribute(9), "other-quotes": f.xmp(b"tiff:Orientation='6'>"),
                         "spaces": f.xmp(b'tiff:Orientation = "6">'), "two-digits": f.xmp(b'tiff:Orientation="61">'),
                         "bare": b'tiff:Orientation="6"', "utf16": '<x tiff:Orientation="6"/>'.encode("utf-16")}.items():
        for end, file in carriers(packet=packet):
            yield f"xmp-{name}.{end}", file, PILLOW
    for name, value, kind in (("exif-1", 1, 3), ("exif-8", 8, 4), ("exif-0", 0, 3), ("exif-byte", 8, 1)):
        for end, file in carriers(f.orientation(value, kind), f.xmp_attribute(6)):
            yield f"both-{name}.{end}", file, PILLOW
    for end, file in carriers(f.exif([(271, 2, b"sgid")]), f.xmp_attribute(6)):
        yield f"both-exif-without.{end}", file, PILLOW
    yield "exif-in-two.jpg", f.after_start(JPEG, f.exif_segment(f.orientation(6)[:30]), f.exif_segment(f.orientation(6)[30:])), PILLOW
    yield "xmp-twice.jpg", f.after_start(JPEG, f.xmp_segment(f.xmp_attribute(6)), f.xmp_segment(f.xmp_attribute(8))), PILLOW
    yield "exif-before-jfif.jpg", JPEG[:2] + f.exif_segment(f.orientation(6)) + JPEG[2:], PILLOW
    yield "exif-without-jfif.jpg", JPEG[:2] + f.exif_segment(f.orientation(6)) + JPEG[20:], PILLOW
    raw = f.raw_profile(f.orientation(6))
    key = b"Raw profile type exif\0"
    yield "raw-text.png", f.png(RGB, 2, before=[f.chunk(b"tEXt", key + raw)]), PILLOW
    yield "raw-ztxt.png", f.png(RGB, 2, before=[f.chunk(b"zTXt", key + b"\0" + zlib.compress(raw))]), PILLOW
    yield "raw-itxt.png", f.png(RGB, 2, before=[f.itxt(key[:-1], raw, True)]), PILLOW
    yield "raw-behind.png", f.png(RGB, 2, after=[f.chunk(b"tEXt", key + raw)]), PILLOW
    yield "raw-cut.png", f.png(RGB, 2, before=[f.chunk(b"tEXt", key + raw[:-3])]), PILLOW
    yield "raw-odd.png", f.png(RGB, 2, before=[f.chunk(b"tEXt", key + raw[:-2])]), RGB
    yield "raw-broken.png", f.png(RGB, 2, before=[f.chunk(b"tEXt", key + raw + b"zz")]), RGB
    yield "raw-and-exif.png", f.png(RGB, 2, before=[f.chunk(b"tEXt", key + raw), f.chunk(b"eXIf", f.orientation(8))]), PILLOW
    yield "exif-behind.png", f.png(RGB, 2, after=[f.chunk(b"eXIf", f.orientation(6))]), PILLOW
    yield "exif-twice.png", f.png(RGB, 2, before=[f.chunk(b"eXIf", f.orientation(6)), f.chunk(b"eXIf", f.orientation(8))]), PILLOW
    yield "exif-text.png", f.png(RGB, 2, before=[f.chunk(b"tEXt", b"exif\0" + b"Exif\0\0" + f.orientation(6))]), PILLOW
    yield "xmp-compressed.png", f.png(RGB, 2, before=[f.itxt(b"XML:com.adobe.xmp", f.xmp_attribute(6), True)]), PILLOW
    yield "xmp-text.png", f.png(RGB, 2, before=[f.chunk(b"tEXt", b"XML:com.adobe.xmp\0" + f.xmp_attribute(6))]), PILLOW
    yield "xmp-behind.png", f.png(RGB, 2, after=[f.itxt(b"XML:com.adobe.xmp", f.xmp_attribute(6))]), PILLOW
    yield "xmp-bomb.png", f.png(RGB, 2, before=[f.itxt(b"XML:com.adobe.xmp", f.xmp_attribute(6) + bytes(1 << 23), True)]), "a text in it inflates to more than 1 MiB"
    yield "exif-crc.png", f.png(RGB, 2, before=[f.chunk(b"eXIf", f.orientation(6), crc=1)]), np.rot90(RGB, -1)
    yield "exif-not-announced.webp", f.webp(IMAGE, f.orientation(6), flags=0), PILLOW
    yield "exif-prefix.webp", f.webp(IMAGE, b"Exif\0\0" + f.orientation(6)), PILLOW
    yield "xmp-not-announced.webp", f.webp(IMAGE, None, f.xmp_attribute(6), flags=0), PILLOW
    for kind, name in kinds.items():
        fields = [(274, kind, [(6, 1) if kind == 5 else 6])] if kind in f.TIFF_FORMATS else None
        if fields:
            yield f"orientation-{name}.tif", f.tiff(RGB, 2, fields=fields), PILLOW
    for value in range(2, 9):
        yield f"orientation-{value}.tif", f.tiff(RGB, 2, fields=[(274, 3, [value])]), PILLOW
    yield "orientation-mm.tif", f.tiff(RGB, 2, order=">", fields=[(274, 4, [6])]), PILLOW
    yield "orientation-big.tif", f.tiff(RGB, 2, big=True, fields=[(274, 3, [6])]), PILLOW
    yield "orientation-big-long8.tif", f.tiff(RGB, 2, big=True, order=">", fields=[(274, 16, [6])]), np.rot90(RGB, -1)  # no BigTIFF of this order in Pillow
    yield "xmp.tif", f.tiff(RGB, 2, fields=[(700, 1, f.xmp_attribute(6))]), PILLOW
    yield "xmp-undefined.tif", f.tiff(RGB, 2, fields=[(700, 7, f.xmp_element(8))]), PILLOW
    yield "xmp-and-tag.tif", f.tiff(RGB, 2, fields=[(274, 3, [1]), (700, 1, f.xmp_attribute(6))]), PILLOW


def containers(profile):
    gray = f.image(GRAY[..., 0])
    yield "jpg", f.encode(IMAGE, "JPEG", quality=95, subsampling=0, icc_profile=profile)
    yield "png", f.encode(IMAGE, "PNG", icc_profile=profile)
    yield "webp", f.webp(IMAGE, profile=profile)
    yield "tif", f.tiff(RGB, 2, fields=[(34675, 7, profile)])
    yield "gray.jpg", f.encode(gray, "JPEG", quality=95, icc_profile=profile)
    yield "gray.png", f.encode(gray, "PNG", icc_profile=profile)
    yield "gray.tif", f.tiff(GRAY, 1, fields=[(34675, 7, profile)])


def profiles():
    for name, profile in {"srgb": SRGB, "swapped": SWAPPED, "wide": WIDE, "linear": LINEAR, "table": TABLE, "printer": PRINTER,
                          "gray18": GRAY_18, "gray10": GRAY_10, "cmyk": CMYK}.items():
        for end, file in containers(profile):
            yield f"icc-{name}.{end}", file, PILLOW
    link = bytearray(SWAPPED)
    link[12:16] = b"link"
    named = bytearray(SWAPPED)
    named[12:16] = b"nmcl"
    lab = bytearray(SWAPPED)
    lab[16:20] = b"Lab "
    magic = bytearray(SWAPPED)
    magic[36:40] = b"ABCD"
    tags = bytearray(SWAPPED)
    tags[132:140] = b"\xff" * 8
    count = bytearray(SWAPPED)
    count[128:132] = b"\x7f\xff\xff\xff"
    size = bytearray(SWAPPED)
    size[0:4] = b"\x7f\xff\xff\xff"
    for name, profile in {"cut": SWAPPED[:200], "head": SWAPPED[:128], "short": SWAPPED[:20], "garbage": bytes(range(256)) * 2,
                          "link": link, "named": named, "lab": lab, "magic": magic, "tags": tags, "count": count, "size": size,
                          "half": SWAPPED[:len(SWAPPED) // 2]}.items():
        for end, file in containers(bytes(profile)):
            # Little CMS alone forgives a directory or a size that leads beyond the end
            lenient = name in ("tags", "size") and not end.startswith("gray")
            yield f"icc-bad-{name}.{end}", file, ("=plain.jpg" if end == "jpg" else RGB) if lenient else PILLOW
    two = f.icc_segments(SWAPPED, 3)
    yield "icc-three-parts.jpg", f.after_start(JPEG, two), PILLOW
    yield "icc-other-order.jpg", f.after_start(JPEG, f.icc_segments(SWAPPED, 3, order=(2, 0, 1))), PILLOW
    yield "icc-part-missing.jpg", f.after_start(JPEG, f.icc_segments(SWAPPED, 3, order=(0, 1))), PILLOW
    yield "icc-part-0-of-0.jpg", f.after_start(JPEG, f.segment(0xE2, b"ICC_PROFILE\0\0\0" + SWAPPED)), PILLOW
    yield "icc-no-number.jpg", f.after_start(JPEG, f.segment(0xE2, b"ICC_PROFILE\0")), "=plain.jpg"
    for name, data in {"method": b"p\0\1" + zlib.compress(SWAPPED), "no-zlib": b"p\0\0abcdefgh", "no-name": b"",
                       "cut": b"p\0\0" + zlib.compress(SWAPPED)[:60], "bomb": b"p\0\0" + zlib.compress(bytes(1 << 24))}.items():
        yield f"iccp-{name}.png", f.png(RGB, 2, before=[f.chunk(b"iCCP", data)]), "its color profile inflates to more than 4 MiB" if name == "bomb" else RGB
    yield "iccp-crc.png", f.png(RGB, 2, before=[f.chunk(b"iCCP", b"p\0\0" + zlib.compress(SRGB), crc=7)]), RGB
    yield "icc-palette.png", f.encode(IMAGE.quantize(16), "PNG", icc_profile=SWAPPED), PILLOW
    yield "icc-rgba.png", f.encode(f.image(RGBA), "PNG", icc_profile=SWAPPED), PILLOW
    yield "icc-rgba.tif", f.tiff(RGBA, 2, extra=[2], fields=[(34675, 7, SWAPPED)]), PILLOW
    yield "icc-not-announced.webp", f.webp(IMAGE, profile=SWAPPED, flags=0), PILLOW
    gray_alpha = np.concatenate([GRAY, ALPHA], -1)
    iccp = f.chunk(b"iCCP", b"p\0\0" + zlib.compress(SWAPPED))
    yield "icc-gray-alpha.png", f.png(gray_alpha, 4, before=[f.chunk(b"iCCP", b"p\0\0" + zlib.compress(GRAY_18))]), PILLOW
    yield "icc-gray-alpha.tif", f.tiff(gray_alpha, 1, extra=[2], fields=[(34675, 7, GRAY_18)]), PILLOW
    yield "icc-rgb16.png", f.png(RGB * 257, 2, 16, before=[iccp]), PILLOW
    yield "icc-rgb-trns.png", f.png(RGB, 2, before=[iccp, f.chunk(b"tRNS", struct.pack(">HHH", *RGB[2, 5].tolist()))]), PILLOW
    yield "icc-gray-rgb.png", f.png(GRAY, 0, before=[iccp]), PILLOW
    yield "icc-rgb16.tif", f.tiff(RGB * 257, 2, 16, fields=[(34675, 7, SWAPPED)]), PILLOW
    yield "icc-mm-planar.tif", f.tiff(RGB, 2, order=">", planar=True, fields=[(34675, 7, SWAPPED)]), PILLOW
    yield "icc-big.tif", f.tiff(RGB, 2, big=True, fields=[(34675, 7, SWAPPED)]), PILLOW
    yield "icc-jpeg.tif", f.encode(IMAGE, "TIFF", compression="jpeg", icc_profile=SWAPPED), PILLOW
    yield "icc-white0.tif", f.tiff(GRAY, 0, fields=[(34675, 7, GRAY_18)]), PILLOW
    yield "icc-rgba.webp", f.encode(f.image(RGBA), "WEBP", lossless=True, exact=True, icc_profile=SWAPPED), PILLOW
    yield "icc-turned.jpg", f.after_start(JPEG, f.exif_segment(f.orientation(6)), f.icc_segments(SWAPPED)), PILLOW
    yield "icc-behind.png", f.png(RGB, 2, after=[iccp]), RGB  # too late for Pillow as for us
    cmyk = IMAGE.convert("CMYK")
    yield "cmyk.jpg", f.encode(cmyk, "JPEG", quality=95), PILLOW
    yield "cmyk-icc.jpg", f.encode(cmyk, "JPEG", quality=95, icc_profile=CMYK), PILLOW
    yield "cmyk-rgb-icc.jpg", f.encode(cmyk, "JPEG", quality=95, icc_profile=SWAPPED), PILLOW
    yield "cmyk-cut-icc.jpg", f.encode(cmyk, "JPEG", quality=95, icc_profile=CMYK[:300]), PILLOW
    inks = np.asarray(cmyk).astype(int)
    yield "cmyk-icc.tif", f.tiff(inks, 5, fields=[(34675, 7, CMYK)]), PILLOW
    yield "cmyk-cut-icc.tif", f.tiff(inks, 5, fields=[(34675, 7, CMYK[:300])]), PILLOW


def jpegs():
    exif = f.exif_segment(f.orientation(1))
    yield "plain.jpg", JPEG, PILLOW
    yield "subsampled.jpg", f.encode(IMAGE.resize((48, 28)), "JPEG", quality=95), PILLOW
    yield "progressive.jpg", f.encode(IMAGE, "JPEG", quality=95, subsampling=0, progressive=True), PILLOW
    yield "gray.jpg", f.encode(f.image(GRAY[..., 0]), "JPEG", quality=95), PILLOW
    yield "rgb.jpg", f.encode(IMAGE, "JPEG", quality=95, keep_rgb=True), PILLOW
    yield "no-jfif.jpg", JPEG[:2] + JPEG[20:], PILLOW
    yield "trailing.jpg", JPEG + b"garbage" * 9, PILLOW
    yield "fillers.jpg", JPEG[:2] + b"\xff\xff\xff" + JPEG[2:], PILLOW
    damaged = {
        "jfif-short": JPEG[:2] + f.segment(0xE0, b"JFIF\0\1") + JPEG[20:],
        "jfif-thumbnail": JPEG[:2] + f.segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\x20\x20") + JPEG[20:],
        "jfxx": f.after_start(JPEG, f.segment(0xE0, b"JFXX\0\x10\xff\xd8")),
        "adobe-short": f.after_start(JPEG, f.segment(0xEE, b"Adobe\0")),
        "exif-cut": f.after_start(JPEG, exif[:2] + struct.pack(">H", 12) + exif[4:14]),
        "psd": f.after_start(JPEG, f.segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\xff\xff\xff\xff\xff\xff")),
        "mpf": f.after_start(JPEG, f.segment(0xE2, b"MPF\0II*\0\xff\xff\xff\x7f")),
        "comment": f.after_start(JPEG, f.segment(0xFE, b"\xff" * 40)),
        "app-all": f.after_start(JPEG, *(f.segment(0xE0 + i, b"Nothing\0" + b"\xff" * i) for i in range(1, 14))),
    }
    for name, file in damaged.items():
        yield f"damaged-{name}.jpg", file, "=plain.jpg"  # some are errors to Pillow
    yield "adobe-rgb.jpg", JPEG[:2] + f.segment(0xEE, b"Adobe\0\x64\0\0\0\0\0") + JPEG[20:], PILLOW
    yield "adobe-ycc.jpg", JPEG[:2] + f.segment(0xEE, b"Adobe\0\x64\0\0\0\0\1") + JPEG[20:], PILLOW
    cmyk = f.encode(IMAGE.convert("CMYK"), "JPEG", quality=95, subsampling=0)
    plain = cmyk.replace(f.segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"), b"")
    yield "cmyk-no-adobe.jpg", plain, PILLOW
    ycck = cmyk.replace(b"Adobe\0\x64\0\0\0\0\0", b"Adobe\0\x64\0\0\0\0\2")
    yield "ycck.jpg", ycck, PILLOW


def pngs():
    palette = f.chunk(b"PLTE", bytes(range(48)))
    full = f.chunk(b"PLTE", np.stack([np.arange(256), 255 - np.arange(256), np.arange(256) // 2], -1).astype("u1").tobytes())
    index4 = (x % 16)[..., None]
    gray_alpha = np.concatenate([GRAY, ALPHA], -1)
    for bits in (1, 2, 4, 8, 16):
        top = (1 << bits) - 1
        samples = (GRAY * top // 255)
        expected = PILLOW if bits < 16 else gray3(samples * 255 / 65535)
        yield f"gray{bits}.png", f.png(samples, 0, bits), expected
        key = int(samples[3, 4, 0])
        opaque = (samples != key).astype(float)
        yield f"gray{bits}-trns.png", f.png(samples, 0, bits, before=[f.chunk(b"tRNS", struct.pack(">H", key))]), \
            on_white(np.repeat(samples * 255 / top, 3, -1), opaque)
        if bits <= 8:
            yield f"palette{bits}.png", f.png(samples, 3, bits, before=[full if bits == 8 else f.chunk(b"PLTE", bytes(range(3 * (top + 1))))]), PILLOW
    for bits in (8, 16):
        scale = 1 if bits == 8 else 257
        key = (RGB[2, 5] * scale).tolist()
        yield f"rgb{bits}.png", f.png(RGB * scale, 2, bits), PILLOW
        yield f"rgb{bits}-trns.png", f.png(RGB * scale, 2, bits, before=[f.chunk(b"tRNS", struct.pack(">HHH", *key))]), \
            on_white(RGB.astype(float), (RGB != RGB[2, 5]).any(-1)[..., None].astype(float))
        yield f"rgba{bits}.png", f.png(RGBA * scale, 6, bits), PILLOW
        yield f"gray-alpha{bits}.png", f.png(gray_alpha * scale, 4, bits), PILLOW
        for name, samples, kind in (("gray", GRAY, 0), ("rgb", RGB, 2), ("gray-alpha", gray_alpha, 4), ("rgba", RGBA, 6)):
            file = f.png(samples * scale, kind, bits, before=[palette])
            yield f"{name}{bits}-plte.png", file, gray3(GRAY) if (name, bits) == ("gray", 16) else PILLOW
        for name, samples, kind in (("gray-alpha", gray_alpha, 4), ("rgba", RGBA, 6)):
            for length in (0, 1, 2, 6, 300):
                yield f"{name}{bits}-trns{length}.png", f.png(samples * scale, kind, bits, before=[f.chunk(b"tRNS", bytes(length))]), PILLOW
    yield "trns-short-gray.png", f.png(GRAY, 0, before=[f.chunk(b"tRNS", b"\0")]), gray3(GRAY)
    yield "trns-short-rgb.png", f.png(RGB, 2, before=[f.chunk(b"tRNS", b"\0\0")]), RGB
    yield "trns-long-gray.png", f.png(GRAY, 0, before=[f.chunk(b"tRNS", b"\0\x03\1\1\1\1")]), PILLOW
    yield "trns-empty.png", f.png(RGB, 2, before=[f.chunk(b"tRNS", b"")]), RGB
    yield "trns-palette.png", f.png(index4, 3, 4, before=[palette, f.chunk(b"tRNS", bytes(range(0, 160, 10)))]), PILLOW
    yield "trns-palette-one.png", f.png(index4, 3, 4, before=[palette, f.chunk(b"tRNS", b"\xff\xff\0")]), PILLOW
    yield "trns-palette-long.png", f.png(index4, 3, 4, before=[palette, f.chunk(b"tRNS", bytes(range(0, 250)))]), PILLOW
    yield "trns-palette-crc.png", f.png(index4, 3, 4, before=[palette, f.chunk(b"tRNS", bytes(16), crc=5)]), \
        np.stack([index4[..., 0] * 3 + c for c in range(3)], -1)
    yield "trns-behind.png", f.png(RGBA, 6, after=[f.chunk(b"tRNS", bytes(6))]), PILLOW
    yield "palette-short.png", f.png(index4, 3, 4, before=[f.chunk(b"PLTE", bytes(range(15)))]), PILLOW
    yield "palette-odd.png", f.png(index4, 3, 4, before=[f.chunk(b"PLTE", bytes(range(47)))]), PILLOW
    yield "palette-long.png", f.png(index4, 3, 4, before=[f.chunk(b"PLTE", bytes(range(96)))]), PILLOW
    yield "palette8-short.png", f.png(GRAY, 3, 8, before=[f.chunk(b"PLTE", bytes(range(60)))]), PILLOW
    ancillary = {
        "gama-0": (b"gAMA", bytes(4)), "gama-short": (b"gAMA", b"\0"), "gama": (b"gAMA", struct.pack(">I", 100000)),
        "chrm-short": (b"cHRM", bytes(5)), "chrm-0": (b"cHRM", bytes(32)), "sbit": (b"sBIT", bytes(9)), "sbit-1": (b"sBIT", b"\x63"),
        "hist": (b"hIST", bytes(3)), "bkgd": (b"bKGD", b"\xff"), "bkgd-long": (b"bKGD", bytes(60)), "phys-short": (b"pHYs", b"\0"),
        "time": (b"tIME", b"\xff" * 7), "time-short": (b"tIME", b"\1"), "splt": (b"sPLT", b"no end"), "srgb": (b"sRGB", b"\x99"),
        "srgb-empty": (b"sRGB", b""), "itxt": (b"iTXt", b"no end"), "itxt-flag": (b"iTXt", b"k\0\7\7\0\0x"), "ztxt": (b"zTXt", b"k\0\0garbage"),
        "ztxt-method": (b"zTXt", b"k\0\7garbage"), "text": (b"tEXt", b""), "text-key": (b"tEXt", b"\0" + bytes(300)), "exif": (b"eXIf", b"\xff"),
        "cicp": (b"cICP", b"\1"), "actl": (b"acTL", b"\0"), "actl-0": (b"acTL", bytes(8)), "unknown": (b"abCd", bytes(9)), "critical": (b"ABCD", bytes(9)),
        "offs": (b"oFFs", b""), "gifg": (b"gIFg", b""), "ster": (b"sTER", b""),
    }
    for name, (kind, data) in ancillary.items():
        for where, options in (("", {"before": [f.chunk(kind, data)]}), ("-behind", {"after": [f.chunk(kind, data)]})):
            yield f"chunk-{name}{where}.png", f.png(RGB, 2, **options), RGB  # errors to Pillow, some of them
    for name, kind in (("text", b"tEXt"), ("gama", b"gAMA"), ("unknown", b"abCd")):
        yield f"crc-{name}.png", f.png(RGB, 2, before=[f.chunk(kind, bytes(4), crc=9)]), RGB
        yield f"crc-{name}-behind.png", f.png(RGB, 2, after=[f.chunk(kind, bytes(4), crc=9)]), RGB
    yield "cut-text-behind.png", f.png(RGB, 2, after=[f.chunk(b"tEXt", bytes(90))[:40]], end=b""), RGB
    yield "no-end.png", f.png(RGB, 2, end=b""), PILLOW
    yield "end-crc.png", f.png(RGB, 2, end=f.chunk(b"IEND", b"", crc=3)), PILLOW
    yield "trailing.png", f.png(RGB, 2) + b"garbage" * 99, PILLOW
    yield "trailing-png.png", f.png(RGB, 2) + f.png(GRAY, 0), PILLOW
    yield "interlaced.png", interlaced(), PILLOW
    yield "bomb-text.png", f.png(RGB, 2, before=[f.chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(1 << 24)))]), "a text in it inflates to more than 1 MiB"
    yield "head-crc.png", f.png(RGB, 2, head_crc=1), "the checksum of the chunk IHDR is wrong"
    yield "palette-crc.png", f.png(index4, 3, 4, before=[f.chunk(b"PLTE", bytes(48), crc=1)]), "the checksum of the chunk PLTE is wrong"
    noise = f.png(np.random.default_rng(1).integers(0, 256, (H, W, 3)), 2)
    yield "pixels-cut.png", noise[:len(noise) - 40], "can't be decoded as PNG"
    broken = bytearray(noise)
    broken[-60] ^= 0xFF
    yield "pixels-broken.png", bytes(broken), "can't be decoded as PNG"
    yield "no-pixels.png", noise[:33] + f.chunk(b"IEND", b""), "can't be decoded as PNG"


def interlaced():
    """By Adam7."""
    data = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        part = RGB[y0::dy, x0::dx].astype("u1")
        if part.size:
            data += b"".join(b"\0" + row.tobytes() for row in part)
    head = f.chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, 8, 2, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + head + f.chunk(b"IDAT", zlib.compress(data)) + f.chunk(b"IEND", b"")


def others():
    yield "plain.gif", f.encode(IMAGE, "GIF"), PILLOW
    yield "plain.bmp", f.encode(IMAGE, "BMP"), PILLOW
    yield "gray.bmp", f.encode(f.image(GRAY[..., 0]), "BMP"), PILLOW
    yield "rgba.webp", f.encode(f.image(RGBA), "WEBP", lossless=True, exact=True), PILLOW
    yield "plain.webp", f.encode(IMAGE, "WEBP", lossless=True), PILLOW
    other = f.image(255 - RGB)
    yield "mpo.jpg", f.encode(IMAGE, "MPO", save_all=True, append_images=[other]), PILLOW
    yield "mpo-turned.jpg", f.encode(IMAGE, "MPO", save_all=True, append_images=[other], exif=b"Exif\0\0" + f.orientation(6)), PILLOW
    yield "animated.png", f.encode(IMAGE, "PNG", save_all=True, append_images=[other]), PILLOW
    yield "animated.webp", f.encode(IMAGE, "WEBP", lossless=True, save_all=True, append_images=[other]), PILLOW
    yield "animated-icc.webp", f.encode(IMAGE, "WEBP", lossless=True, save_all=True, append_images=[other], icc_profile=SWAPPED, exif=b"Exif\0\0" + f.orientation(6)), PILLOW
    yield "animated.gif", f.encode(IMAGE, "GIF", save_all=True, append_images=[other]), PILLOW
    yield "pages.tif", f.encode(IMAGE, "TIFF", save_all=True, append_images=[f.image(255 - RGB)]), PILLOW
    clear = IMAGE.quantize(15)
    yield "clear.gif", f.encode(clear, "GIF", transparency=3), PILLOW
    yield "binary.bmp", f.encode(IMAGE.convert("1"), "BMP"), PILLOW
    yield "palette.bmp", f.encode(clear, "BMP"), PILLOW
    yield "rgba.bmp", f.encode(f.image(RGBA), "BMP"), PILLOW
    yield "binary.png", f.encode(IMAGE.convert("1"), "PNG"), PILLOW
    unknown = f.webp(IMAGE)
    unknown = unknown[:4] + struct.pack("<I", len(unknown) + 4) + unknown[8:] + b"ABCD" + struct.pack("<I", 4) + b"abcd"
    yield "unknown-chunk.webp", unknown, PILLOW
    yield "empty-metadata.webp", f.webp(IMAGE, b"", b"", b"", flags=0x2C), PILLOW

"""The TIFF cases of pictures_reference.py: samples of every width, sign, opacity, color and layout."""

import numpy as np
from PIL import Image

import pictures_files as f
from pictures_cases import ALPHA, GRAY, H, IMAGE, PILLOW, RGB, RGBA, SWAPPED, gray3, on_white

FLOATS = {"half": 16, "float": 32, "double": 64}


def top(bits):
    return (1 << bits) - 1


def scaled(levels, bits):
    return levels.astype(np.uint64) * top(bits) // 255


def levels(samples, bits):
    return samples * 255.0 / top(bits)


def integers():
    for bits in (1, 2, 4, 6, 8, 10, 12, 14, 16, 32):
        samples = scaled(GRAY, bits)
        yield f"gray{bits}.tif", f.tiff(samples, 1, bits), gray3(levels(samples, bits))
        yield f"gray{bits}-white0.tif", f.tiff(samples, 0, bits), gray3(255 - levels(samples, bits))
    for bits in (8, 16, 32):
        for order in "<>":
            name = "ii" if order == "<" else "mm"
            samples = scaled(GRAY, bits)
            yield f"gray{bits}-{name}.tif", f.tiff(samples, 1, bits, order=order), gray3(levels(samples, bits))
            samples = scaled(RGB, bits)
            for planar in (False, True):
                yield f"rgb{bits}-{name}{'-planar' if planar else ''}.tif", \
                    f.tiff(samples, 2, bits, order=order, planar=planar), np.rint(levels(samples, bits)).astype(np.uint8)
    for bits in (2, 4, 10, 12, 14):
        samples = scaled(RGB, bits)
        order = ">" if bits == 4 else "<"
        yield f"rgb{bits}.tif", f.tiff(samples, 2, bits, order=order), np.rint(levels(samples, bits)).astype(np.uint8)
    yield "rgb4-ii.tif", f.tiff(scaled(RGB, 4), 2, 4), "3 samples of 4 bits"
    yield "rgb1.tif", f.tiff(scaled(RGB, 1), 2, 1), "Unsupported"
    for bits in (8, 16, 32):
        yield f"gray{bits}-signed.tif", f.tiff(scaled(GRAY, bits - 1).astype(int), 1, bits, 2), "signed samples"
        yield f"rgb{bits}-signed.tif", f.tiff(scaled(RGB, bits - 1).astype(int), 2, bits, 2), "signed samples"
    yield "gray8-undefined.tif", f.tiff(GRAY, 1, fields=[(339, 3, [4])]), gray3(GRAY)
    yield "gray32-complex.tif", f.tiff(GRAY, 1, 32, fields=[(339, 3, [5])]), "complex samples"
    yield "gray8-format9.tif", f.tiff(GRAY, 1, fields=[(339, 3, [9])]), "samples of unknown format 9"
    yield "gray12-mm.tif", f.tiff(scaled(GRAY, 12), 1, 12, order=">"), gray3(levels(scaled(GRAY, 12), 12))


def floats():
    for name, bits in FLOATS.items():
        for order in "<>":
            end = f"{name}{'' if order == '<' else '-mm'}.tif"
            yield f"gray-{end}", f.tiff(GRAY / 255, 1, bits, 3, order=order), gray3(GRAY)
            yield f"rgb-{end}", f.tiff(RGB / 255, 2, bits, 3, order=order), RGB
        yield f"gray-white0-{name}.tif", f.tiff(GRAY / 255, 0, bits, 3), gray3(255 - GRAY)
        yield f"rgb-planar-{name}.tif", f.tiff(RGB / 255, 2, bits, 3, planar=True), RGB
        if bits == 64:
            yield "rgba-double.tif", f.tiff(RGBA / 255, 2, bits, 3, extra=[2]), "Unsupported .* 4/64"
            continue
        yield f"rgba-{name}.tif", f.tiff(RGBA / 255, 2, bits, 3, extra=[2]), on_white(RGB, ALPHA / 255)
        yield f"rgba-associated-{name}.tif", f.tiff(np.concatenate([RGB * ALPHA / 255, ALPHA], -1) / 255, 2, bits, 3, extra=[1]), \
            on_white(RGB, ALPHA / 255)
    yield "gray-overshoot.tif", f.tiff(GRAY / 200 - 0.1, 1, 32, 3), gray3((GRAY / 200 - 0.1) * 255)
    yield "gray-to-255.tif", f.tiff(GRAY, 1, 32, 3), "floating point samples from 0.0 to"
    yield "rgb-to-65535.tif", f.tiff(RGB * 257, 2, 32, 3), "floating point samples from 0.0 to 65535.0"
    yield "gray-negative.tif", f.tiff(GRAY - 1000, 1, 32, 3), "floating point samples from -1000.0"
    nan = GRAY / 255
    nan[2, 3] = np.nan
    black = GRAY.copy()
    black[2, 3] = 0
    yield "gray-nan.tif", f.tiff(nan, 1, 32, 3), gray3(black)


def opacity():
    gray_alpha = np.concatenate([GRAY, ALPHA], -1)
    for bits in (8, 16, 32):
        alpha = ALPHA / 255
        factor = top(bits) // 255
        straight = RGBA.astype(np.uint64) * factor
        multiplied = np.concatenate([np.rint(RGB * alpha * factor), ALPHA * factor], -1).astype(np.uint64)
        shown = on_white(RGB, alpha)
        for planar in (False, True):
            end = f"{bits}{'-planar' if planar else ''}.tif"
            yield f"rgba-associated{end}", f.tiff(multiplied, 2, bits, extra=[1], planar=planar), shown
            yield f"rgba-unassociated{end}", f.tiff(straight, 2, bits, extra=[2], planar=planar), shown
            yield f"rgba-unspecified{end}", f.tiff(straight, 2, bits, extra=[0], planar=planar), RGB
            yield f"gray-associated{end}", f.tiff(np.concatenate([np.rint(GRAY * alpha * factor), ALPHA * factor], -1).astype(np.uint64),
                                                  1, bits, extra=[1], planar=planar), on_white(np.repeat(GRAY, 3, -1), alpha)
            yield f"gray-unassociated{end}", f.tiff(gray_alpha.astype(np.uint64) * factor, 1, bits, extra=[2], planar=planar), \
                on_white(np.repeat(GRAY, 3, -1), alpha)
            yield f"gray-unspecified{end}", f.tiff(gray_alpha.astype(np.uint64) * factor, 1, bits, extra=[0], planar=planar), gray3(GRAY)
        yield f"rgba-unsaid{bits}.tif", f.tiff(straight, 2, bits), shown
        yield f"rgba-corel{bits}.tif", f.tiff(straight, 2, bits, extra=[999]), shown
        yield f"rgba-white0{bits}.tif", f.tiff(gray_alpha.astype(np.uint64) * factor, 0, bits, extra=[2]), \
            on_white(255 - np.repeat(GRAY, 3, -1), alpha)
        two = np.concatenate([straight, straight[..., :1]], -1)
        yield f"rgba-x{bits}.tif", f.tiff(two, 2, bits, extra=[2, 0]), shown
        yield f"rgb-xx{bits}.tif", f.tiff(two, 2, bits, extra=[0, 0]), RGB
    multiplied = np.concatenate([np.rint(RGB * ALPHA / 255), ALPHA], -1).astype(int)
    for compression, name in ((1, "none"), (8, "deflate")):
        yield f"rgba-associated-{name}.tif", f.tiff(multiplied, 2, extra=[1], compression=compression), PILLOW
    yield "rgba-associated-mm.tif", f.tiff(multiplied, 2, extra=[1], order=">"), PILLOW
    yield "rgba-associated-icc.tif", f.tiff(multiplied, 2, extra=[1], fields=[(34675, 7, SWAPPED)]), PILLOW


def colors():
    table = np.stack([np.arange(256) * 257, (255 - np.arange(256)) * 257, np.arange(256) // 2 * 257])
    for bits in (1, 2, 4, 8):
        entries = table[:, :: 256 // (1 << bits)][:, : 1 << bits]
        index = scaled(GRAY, bits)
        yield f"palette{bits}.tif", f.tiff(index, 3, bits, fields=[(320, 3, entries.reshape(-1).tolist())]), PILLOW
    low = (table // 257).reshape(-1).tolist()
    yield "palette-8-bit-table.tif", f.tiff(GRAY, 3, fields=[(320, 3, low)]), (table // 257).T[GRAY[..., 0]]
    yield "palette-alpha.tif", f.tiff(np.concatenate([GRAY, ALPHA], -1), 3, extra=[2], fields=[(320, 3, table.reshape(-1).tolist())]), PILLOW
    yield "palette-x.tif", f.tiff(np.concatenate([GRAY, ALPHA], -1), 3, extra=[0], fields=[(320, 3, table.reshape(-1).tolist())]), PILLOW
    yield "palette-none.tif", f.tiff(GRAY, 3), "ColorMap|palette"
    inks = np.asarray(IMAGE.convert("CMYK")).astype(np.uint64)
    inks = np.concatenate([inks[..., :3], np.asarray(GRAY // 3).astype(np.uint64)], -1)
    for bits in (8, 16):
        yield f"cmyk{bits}.tif", f.tiff(inks * (top(bits) // 255), 5, bits), PILLOW
        yield f"cmyk{bits}-planar.tif", f.tiff(inks * (top(bits) // 255), 5, bits, planar=True), PILLOW if bits == 8 else cmyk(inks)
    yield "cmyk-x.tif", f.tiff(np.concatenate([inks, ALPHA], -1), 5, extra=[0]), PILLOW
    yield "cmyk-alpha.tif", f.tiff(np.concatenate([inks, ALPHA], -1), 5, extra=[2]), on_white(cmyk(inks).astype(float), ALPHA / 255)
    yield "inks.tif", f.tiff(inks, 5, fields=[(332, 3, [2])]), "inks|Separated"
    ycc = np.asarray(IMAGE.convert("YCbCr"))
    sub = (530, 3, [1, 1])
    yield "ycbcr.tif", f.tiff(ycc, 6, fields=[sub]), PILLOW
    yield "ycbcr-deflate.tif", f.tiff(ycc, 6, fields=[sub], compression=8), PILLOW
    yield "ycbcr-planar.tif", f.tiff(ycc, 6, fields=[sub], planar=True), "=ycbcr.tif"
    yield "ycbcr16.tif", f.tiff(ycc.astype(int) * 256, 6, 16, fields=[sub]), ycbcr16(ycc * 256.0)
    yield "ycbcr-range.tif", f.tiff(ycc, 6, fields=[sub, (532, 5, [(0, 1), (255, 1), (128, 1), (255, 1), (128, 1), (255, 1)])]), PILLOW
    lab = np.asarray(IMAGE.convert("RGB").convert("LAB")).astype(int)
    signed = np.concatenate([lab[..., :1], (lab[..., 1:] - 128) & 255], -1)
    yield "lab.tif", f.tiff(signed, 8), PILLOW
    yield "lab-deflate.tif", f.tiff(signed, 8, compression=8), PILLOW
    yield "icclab.tif", f.tiff(lab, 9), "=lab.tif"
    yield "lab16.tif", f.tiff(np.concatenate([lab[..., :1] * 257, ((lab[..., 1:] - 128) * 256) & 65535], -1), 8, 16), "=lab.tif"
    yield "icclab16.tif", f.tiff(np.concatenate([lab[..., :1] * 256, lab[..., 1:] * 256], -1), 9, 16), "=lab.tif"
    yield "lab-float.tif", f.tiff(RGB / 255, 8, 32, 3), "Lab colors"
    for photometric in (4, 10, 32803, 32844, 32845, 34892, 77):
        yield f"photometric-{photometric}.tif", f.tiff(RGB if photometric in (10, 32845) else GRAY, photometric), "photometric|Photometric"
    yield "no-photometric.tif", f.tiff(GRAY, 1, leave_out=[262]), PILLOW


def ycbcr16(samples):
    luma, blue, red = samples[..., 0] / 65535, *((samples[..., c] - 32768) / 32767 * 127 / 255 for c in (1, 2))
    r, b = luma + 1.402 * red, luma + 1.772 * blue
    g = (luma - 0.299 * r - 0.114 * b) / 0.587
    return np.rint(255 * np.clip(np.stack([r, g, b], -1), 0, 1)).astype(np.uint8)


def cmyk(inks):
    i = inks.astype(float)
    return np.rint((255 - i[..., :3]) * (255 - i[..., 3:]) / 255).astype(np.uint8)


def layouts():
    yield "fill2.tif", f.tiff(GRAY, 1, fill=2), PILLOW
    yield "fill2-1bit.tif", f.tiff(scaled(GRAY, 1), 1, 1, fill=2), PILLOW
    yield "big.tif", f.tiff(RGB, 2, big=True), PILLOW
    yield "big-mm-16.tif", f.tiff(RGB * 257, 2, 16, order=">", big=True), RGB
    for name in ("tiff_lzw", "packbits", "tiff_adobe_deflate", "jpeg", "group3", "group4"):
        image = IMAGE.convert("1") if name.startswith("group") else IMAGE
        yield f"{name}.tif", f.encode(image, "TIFF", compression=name), PILLOW
    yield "jpeg-gray.tif", f.encode(f.image(GRAY[..., 0]), "TIFF", compression="jpeg"), PILLOW
    yield "jpeg-ycbcr.tif", f.encode(IMAGE.convert("YCbCr"), "TIFF", compression="jpeg"), PILLOW
    yield "jpeg-cmyk.tif", f.encode(IMAGE.convert("CMYK"), "TIFF", compression="jpeg"), PILLOW
    yield "predictor2.tif", f.encode(IMAGE, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}), PILLOW
    yield "predictor2-16.tif", f.tiff(RGB, 2, 16, compression=8, fields=[(317, 3, [2])],
                                      data=[_differences(RGB * 257)]), RGB
    yield "fax-white0.tif", f.encode(IMAGE.convert("1"), "TIFF", compression="group4", tiffinfo={262: 0}), PILLOW
    strips = [RGB[i:i + 2].astype("u1").tobytes() for i in range(0, H, 2)]
    yield "strips.tif", f.tiff(RGB, 2, data=strips, fields=[(278, 4, [2])]), PILLOW
    yield "strips-deflate.tif", f.tiff(RGB, 2, data=strips, fields=[(278, 4, [2])], compression=8), PILLOW
    yield "strips-white0.tif", f.tiff(GRAY, 0, data=[GRAY[i:i + 2].astype("u1").tobytes() for i in range(0, H, 2)], fields=[(278, 4, [2])]), PILLOW
    for name, samples, photometric in (("rgb", RGB, 2), ("ycbcr", np.asarray(IMAGE.convert("YCbCr")), 6)):
        wide = np.tile(samples, (1, 2, 1))[:, :20]
        padded = np.pad(wide, ((0, 16 - H), (0, 12), (0, 0)))
        tiles = [padded[:, i:i + 16] for i in (0, 16)]
        fields = [(322, 3, [16]), (323, 3, [16]), (324, 4, None), (325, 4, [768, 768]), (530, 3, [1, 1])]
        expected = PILLOW if photometric == 2 else wide_ycbcr(wide)
        yield f"tiles-{name}.tif", f.tiff(wide, photometric, data=[t.astype("u1").tobytes() for t in tiles], fields=fields,
                                          leave_out=[273, 278, 279]), expected
        planes = [t[..., c].astype("u1").tobytes() for c in range(3) for t in tiles]
        fields = [(322, 3, [16]), (323, 3, [16]), (324, 4, None), (325, 4, [256] * 6), (530, 3, [1, 1])]
        yield f"tiles-{name}-planar.tif", f.tiff(wide, photometric, planar=True, data=planes, fields=fields, leave_out=[273, 278, 279]), \
            np.asarray(f.image(wide)) if photometric == 2 else expected
    for tag, name in ((34665, "exif"), (34853, "gps"), (330, "sub")):
        yield f"bad-{name}-ifd.tif", f.tiff(RGB, 2, fields=[(tag, 4, [0x7FFFFFF0])]), RGB
    yield "bad-next.tif", f.tiff(RGB, 2, next_directory=0x7FFFFFF0), RGB
    yield "next-is-first.tif", f.tiff(RGB, 2, next_directory=8), RGB
    yield "bad-icc.tif", f.tiff(RGB, 2, fields=[(34675, 7, b"garbage!")]), RGB
    yield "bad-xmp.tif", f.tiff(RGB, 2, fields=[(700, 1, b"\xff" * 50)]), RGB
    yield "bad-psd.tif", f.tiff(RGB, 2, fields=[(34377, 1, b"\xff" * 50), (33723, 4, [1, 2, 3])]), RGB
    cut = f.tiff(RGB, 2)
    yield "pixels-cut.tif", cut[:-20], "can't be decoded as TIFF"
    yield "no-strips.tif", f.tiff(RGB, 2, leave_out=[273]), "can't be decoded as TIFF"
    yield "two-of-three.tif", f.tiff(RGB[..., :2], 2), "2 samples of 8 bits a pixel"


def wide_ycbcr(samples):
    return np.asarray(Image.fromarray(samples.astype("u1"), "YCbCr").convert("RGB"))


def _differences(samples):
    rows = np.concatenate([samples[:, :1], np.diff(samples, axis=1)], 1) & 0xFFFF
    return rows.astype("<u2").tobytes()


def cases():
    for group in (integers, floats, opacity, colors, layouts):
        yield from group()

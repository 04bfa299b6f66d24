"""The files of corpus.py: (class, name, file, what becomes of it).

What becomes of a file is PILLOW (augmented, as Pillow shows it), PILLOW (the same, but for the colors of lossy WebP, which
Java's reader does not interpolate between blocks of 2x2 pixels), an array (height, width, 3) where Pillow clips or knows
no such file, or a text: a pattern that the reason of its failure has. A name may be of bytes.
"""

import io
import struct
import subprocess
import zlib

import imagecodecs
import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 (registers JPEG XL)
import tifffile
from PIL import Image

import pictures_files as f
from pictures_cases import CMYK, GRAY_18, PILLOW, SRGB, SWAPPED, WIDE, gray3, on_white

pillow_heif.register_heif_opener()

W, H = 41, 30
y, x = np.mgrid[0:H, 0:W]
RGB = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), ((x // 5 + y // 4) % 2) * 160 + 40], -1).astype(np.uint8)
OTHER = np.ascontiguousarray(255 - RGB)
GRAY = ((x * 5 + y * 3) % 256)[..., None].astype(np.uint8)
ALPHA = (x * 255 // (W - 1))[..., None].astype(np.uint8)
RGBA = np.concatenate([RGB, ALPHA], -1)
SMOOTH = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), (x + y) * 255 // (W + H)], -1).astype(np.uint8)
IMAGE, GRAY_IMAGE, RGBA_IMAGE = f.image(RGB), f.image(GRAY[..., 0]), f.image(RGBA)
NOISE = np.random.default_rng(8).integers(0, 256, (64, 64, 3)).astype(np.uint8)
CUT = "cut short|damaged|can't be decoded"


def cjpeg(array, *options):
    return subprocess.run(["cjpeg", "-quality", "92", *options], input=f.encode(f.image(array), "PPM"), check=True, capture_output=True).stdout


def patched(file, at, *values):
    """A copy with little-endian integers of 32 bits written over it."""
    copy = bytearray(file)
    struct.pack_into(f"<{len(values)}I", copy, at, *values)
    return bytes(copy)


def jpegs():
    for quality in (5, 60, 95, 100):
        yield f"quality{quality}.jpg", f.encode(IMAGE, "JPEG", quality=quality, subsampling=0), PILLOW
    for sampling in (0, 1, 2):
        yield f"sampling{sampling}.jpg", f.encode(f.image(SMOOTH), "JPEG", quality=92, subsampling=sampling), PILLOW
        yield f"progressive{sampling}.jpg", f.encode(f.image(SMOOTH), "JPEG", quality=92, subsampling=sampling, progressive=True), PILLOW
    yield "optimized.jpg", f.encode(IMAGE, "JPEG", quality=92, subsampling=0, optimize=True), PILLOW
    yield "restarts.jpg", f.encode(IMAGE, "JPEG", quality=92, subsampling=0, restart_marker_blocks=2), PILLOW
    yield "sampling1x2.jpg", cjpeg(SMOOTH, "-sample", "1x2"), PILLOW
    yield "sampling4x1.jpg", cjpeg(SMOOTH, "-sample", "4x1"), PILLOW
    yield "gray.jpg", f.encode(GRAY_IMAGE, "JPEG", quality=92), PILLOW
    yield "gray-progressive.jpg", f.encode(GRAY_IMAGE, "JPEG", quality=92, progressive=True), PILLOW
    yield "rgb.jpg", f.encode(IMAGE, "JPEG", quality=92, keep_rgb=True), PILLOW
    plain = f.encode(IMAGE, "JPEG", quality=92, subsampling=0)
    for value in range(1, 9):
        yield f"turned{value}.jpg", f.after_start(plain, f.exif_segment(f.orientation(value))), PILLOW
    yield "icc.jpg", f.after_start(plain, f.icc_segments(SWAPPED)), PILLOW
    yield "icc-wide.jpg", f.after_start(plain, f.icc_segments(WIDE, 2)), PILLOW
    yield "icc-turned.jpg", f.after_start(plain, f.exif_segment(f.orientation(6)), f.icc_segments(SWAPPED)), PILLOW
    yield "trailing.jpg", plain + b"more" * 99, PILLOW
    yield "no-jfif.jpg", plain[:2] + plain[20:], PILLOW
    yield "one-pixel.jpg", f.encode(f.image(RGB[:1, :1]), "JPEG"), PILLOW
    yield "one-row.jpg", f.encode(f.image(RGB[:1]), "JPEG", subsampling=0), PILLOW
    cmyk = IMAGE.convert("CMYK")
    yield "cmyk.jpg", f.encode(cmyk, "JPEG", quality=95), PILLOW
    yield "cmyk-progressive.jpg", f.encode(cmyk, "JPEG", quality=95, progressive=True), PILLOW
    yield "cmyk-icc.jpg", f.encode(cmyk, "JPEG", quality=95, icc_profile=CMYK), PILLOW
    four = f.encode(cmyk, "JPEG", quality=95, subsampling=0)
    yield "cmyk-no-adobe.jpg", four.replace(f.segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"), b""), PILLOW
    yield "ycck.jpg", four.replace(b"Adobe\0\x64\0\0\0\0\0", b"Adobe\0\x64\0\0\0\0\2"), PILLOW
    yield "phone.mpo", f.encode(IMAGE, "MPO", save_all=True, append_images=[f.image(OTHER)]), PILLOW
    yield "phone.jpg", f.encode(IMAGE, "MPO", save_all=True, append_images=[f.image(OTHER)]), PILLOW
    yield "phone-turned.jpg", f.encode(IMAGE, "MPO", save_all=True, append_images=[f.image(OTHER)], exif=b"Exif\0\0" + f.orientation(6)), PILLOW
    yield "lossless.jpg", imagecodecs.jpeg8_encode(RGB, lossless=True), PILLOW
    yield "arithmetic.jpg", cjpeg(RGB, "-arithmetic"), "is a JPEG with arithmetic coding, which sgid can't read: convert it to PNG or baseline JPEG"
    yield "arithmetic-progressive.jpg", cjpeg(RGB, "-arithmetic", "-progressive"), "is a JPEG with arithmetic coding"
    yield "12-bit.jpg", imagecodecs.jpeg8_encode(RGB.astype(np.uint16) * 16, bitspersample=12), "is a JPEG of 12 bits a sample"
    yield "jpeg-ls.jpg", imagecodecs.jpegls_encode(RGB), "is a JPEG-LS picture"


def interlaced(samples, kind, bits=8, before=()):
    """By Adam7."""
    data = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for row in samples[y0::dy, x0::dx]:
            flat = row.reshape(-1)
            data += b"\0" + (f.pack(flat, bits) if bits < 8 else flat.astype(">u2" if bits == 16 else "u1").tobytes())
    head = f.chunk(b"IHDR", struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], bits, kind, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + f.chunk(b"IDAT", zlib.compress(data)) + f.chunk(b"IEND", b"")


def hidden_animation(first):
    """An animation that the picture shown is no frame of."""
    def frame(number, array):
        rows = b"".join(b"\0" + row.tobytes() for row in array)
        control = struct.pack(">IIIIIHHBB", 2 * number, W, H, 0, 0, 1, 10, 0, 0)
        return f.chunk(b"fcTL", control) + f.chunk(b"fdAT", struct.pack(">I", 2 * number + 1) + zlib.compress(rows))
    return f.png(first, 2, before=[f.chunk(b"acTL", struct.pack(">II", 2, 0))], after=[frame(0, OTHER), frame(1, RGB[::-1])])


def pngs():
    wide = np.stack([np.arange(256), 255 - np.arange(256), np.arange(256) // 2], -1).astype("u1").tobytes()
    ga = np.concatenate([GRAY, ALPHA], -1)
    for bits in (1, 2, 4, 8, 16):
        top = (1 << bits) - 1
        levels = GRAY.astype(int) * top // 255
        shown = PILLOW if bits < 16 else gray3(levels * 255 / top)
        yield f"gray{bits}.png", f.png(levels, 0, bits), shown
        yield f"gray{bits}-interlaced.png", interlaced(levels, 0, bits), shown
        key = int(levels[3, 4, 0])
        yield f"gray{bits}-trns.png", f.png(levels, 0, bits, before=[f.chunk(b"tRNS", struct.pack(">H", key))]), \
            on_white(np.repeat(levels * 255 / top, 3, -1), (levels != key).astype(float))
        if bits < 16:
            palette = f.chunk(b"PLTE", wide[:3 * (top + 1)])
            yield f"palette{bits}.png", f.png(levels, 3, bits, before=[palette]), PILLOW
            yield f"palette{bits}-trns.png", f.png(levels, 3, bits, before=[palette, f.chunk(b"tRNS", bytes(range(min(200, top + 1))))]), PILLOW
            yield f"palette{bits}-interlaced.png", interlaced(levels, 3, bits, before=[palette]), PILLOW
    for bits, scale in ((8, 1), (16, 257)):
        for name, samples, kind in (("rgb", RGB, 2), ("rgba", RGBA, 6), ("gray-alpha", ga, 4)):
            yield f"{name}{bits}.png", f.png(samples.astype(int) * scale, kind, bits), PILLOW
            yield f"{name}{bits}-interlaced.png", interlaced(samples.astype(int) * scale, kind, bits), PILLOW
        key = struct.pack(">HHH", *(RGB[2, 5].astype(int) * scale).tolist())
        yield f"rgb{bits}-trns.png", f.png(RGB.astype(int) * scale, 2, bits, before=[f.chunk(b"tRNS", key)]), \
            on_white(RGB.astype(float), (RGB != RGB[2, 5]).any(-1)[..., None].astype(float))
    for value in range(2, 9):
        yield f"turned{value}.png", f.png(RGB, 2, before=[f.chunk(b"eXIf", f.orientation(value))]), PILLOW
    yield "filtered.png", f.encode(f.image(SMOOTH), "PNG", optimize=True), PILLOW
    yield "icc.png", f.encode(IMAGE, "PNG", icc_profile=SWAPPED), PILLOW
    yield "icc-gray.png", f.encode(GRAY_IMAGE, "PNG", icc_profile=GRAY_18), PILLOW
    yield "gamma.png", f.png(RGB, 2, before=[f.chunk(b"gAMA", struct.pack(">I", 100000))]), PILLOW
    yield "animated.png", f.encode(IMAGE, "PNG", save_all=True, append_images=[f.image(OTHER)]), PILLOW
    yield "animated.apng", f.encode(RGBA_IMAGE, "PNG", save_all=True, append_images=[f.image(RGBA[::-1])]), PILLOW
    yield "animated-hidden.png", hidden_animation(RGB), PILLOW
    yield "one-pixel.png", f.png(RGB[:1, :1], 2), PILLOW


def gifs():
    other = f.image(OTHER)
    yield "plain.gif", f.encode(IMAGE, "GIF"), PILLOW
    yield "87a.gif", imagecodecs.gif_encode(GRAY[..., 0]), PILLOW
    yield "not-interlaced.gif", f.encode(IMAGE, "GIF", interlace=0), PILLOW
    yield "clear.gif", f.encode(IMAGE.quantize(15), "GIF", transparency=3), PILLOW
    yield "animated.gif", f.encode(IMAGE, "GIF", save_all=True, append_images=[other]), PILLOW
    yield "animated-3.gif", f.encode(IMAGE, "GIF", save_all=True, append_images=[other, IMAGE.rotate(180)], loop=0, disposal=2), PILLOW
    yield "comment.gif", f.encode(IMAGE, "GIF", comment=b"," * 300), PILLOW
    small = bytearray(f.encode(IMAGE.quantize(16), "GIF"))
    struct.pack_into("<HH", small, 6, W + 9, H + 5)
    yield "frame-smaller.gif", bytes(small), on_white(np.pad(np.asarray(IMAGE.quantize(16).convert("RGB")), ((0, 5), (0, 9), (0, 0))).astype(float),
                                                      np.pad(np.ones((H, W, 1)), ((0, 5), (0, 9), (0, 0))))
    yield "two-colors.gif", f.encode(IMAGE.convert("1"), "GIF"), PILLOW


def webps():
    other = f.image(OTHER)
    yield "lossless.webp", f.encode(IMAGE, "WEBP", lossless=True), PILLOW
    yield "lossless-alpha.webp", f.encode(RGBA_IMAGE, "WEBP", lossless=True, exact=True), PILLOW
    yield "lossy.webp", f.encode(f.image(SMOOTH), "WEBP", quality=90), PILLOW
    yield "lossy-noise.webp", f.encode(f.image(NOISE), "WEBP", quality=40), PILLOW
    yield "lossy-alpha.webp", f.encode(f.image(np.concatenate([SMOOTH, ALPHA], -1)), "WEBP", quality=90), PILLOW
    yield "animated.webp", f.encode(IMAGE, "WEBP", lossless=True, save_all=True, append_images=[other]), PILLOW
    yield "animated-lossy.webp", f.encode(f.image(SMOOTH), "WEBP", quality=90, save_all=True, append_images=[other]), PILLOW
    yield "animated-alpha.webp", f.encode(RGBA_IMAGE, "WEBP", lossless=True, exact=True, save_all=True, append_images=[f.image(RGBA[::-1])]), PILLOW
    yield "turned.webp", f.webp(IMAGE, f.orientation(6)), PILLOW
    yield "icc.webp", f.webp(IMAGE, profile=SWAPPED), PILLOW
    yield "icc-lossy.webp", f.encode(f.image(SMOOTH), "WEBP", quality=90, icc_profile=SRGB), PILLOW


def bmp(width, height, bits, data, compression=0, palette=b"", masks=b"", size=40, top_down=False):
    header = struct.pack("<IiiHHIIiiII", size, width, -height if top_down else height, 1, bits, compression, len(data), 2835, 2835,
                         len(palette) // 4, 0)
    header += (masks if size > 40 else b"").ljust(size - 40, b"\0") + (masks if size == 40 else b"")
    offset = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + header + palette + data


def rle8(index):
    data = b""
    for row in index[::-1]:
        at = 0
        while at < len(row):
            run = 1
            while at + run < len(row) and run < 255 and row[at + run] == row[at]:
                run += 1
            data += bytes([run, int(row[at])])
            at += run
        data += b"\0\0"
    return data + b"\0\1"


def bmps():
    yield "rgb24.bmp", f.encode(IMAGE, "BMP"), PILLOW
    yield "gray.bmp", f.encode(GRAY_IMAGE, "BMP"), PILLOW
    yield "binary.bmp", f.encode(IMAGE.convert("1"), "BMP"), PILLOW
    yield "palette.bmp", f.encode(IMAGE.quantize(40), "BMP"), PILLOW
    yield "rgba.bmp", f.encode(RGBA_IMAGE, "BMP"), PILLOW
    rows = lambda a: b"".join(r.tobytes() + bytes(-len(r.tobytes()) % 4) for r in a[::-1])  # noqa: E731
    bgrx = np.concatenate([RGB[..., ::-1], np.zeros((H, W, 1), np.uint8)], -1)
    bgra = np.concatenate([RGB[..., ::-1], ALPHA], -1)
    yield "rgbx32.bmp", bmp(W, H, 32, rows(bgrx)), PILLOW
    yield "top-down.bmp", bmp(W, H, 24, rows(RGB[::-1, :, ::-1].copy()), top_down=True), PILLOW
    r, g, b = (RGB[..., c].astype(np.uint16) for c in range(3))
    yield "rgb555.bmp", bmp(W, H, 16, rows((r >> 3 << 10) | (g >> 3 << 5) | b >> 3)), PILLOW
    yield "rgb565.bmp", bmp(W, H, 16, rows((r >> 3 << 11) | (g >> 2 << 5) | b >> 3), 3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)), PILLOW
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    yield "alpha-v4.bmp", bmp(W, H, 32, rows(bgra), 3, masks=masks, size=108), PILLOW
    yield "alpha-v5.bmp", bmp(W, H, 32, rows(bgra), 3, masks=masks, size=124), PILLOW
    colors = b"".join(bytes([i, 255 - i, i // 2, 0]) for i in range(256))
    yield "rle8.bmp", bmp(W, H, 8, rle8(GRAY[..., 0]), 1, palette=colors), PILLOW
    blocks = (x // 9 + y // 7) % 16
    yield "rle8-runs.bmp", bmp(W, H, 8, rle8(blocks), 1, palette=colors), PILLOW
    four = b"".join(b"".join(bytes([2, int(row[i]) << 4 | int(row[min(i + 1, W - 1)])]) if i + 1 < W else bytes([1, int(row[i]) << 4])
                             for i in range(0, W, 2)) + b"\0\0" for row in blocks[::-1]) + b"\0\1"
    yield "rle4.bmp", bmp(W, H, 4, four, 2, palette=colors[:64]), PILLOW
    packed = b"".join((row := f.pack(r_, 4)) + bytes(-len(row) % 4) for r_ in blocks[::-1])
    yield "palette4.bmp", bmp(W, H, 4, packed, palette=colors[:64]), PILLOW
    old = b"BM" + struct.pack("<IHHI", 0, 0, 0, 26) + struct.pack("<IHHHH", 12, W, H, 1, 24) + rows(RGB[..., ::-1].copy())
    yield "os2.bmp", old, PILLOW


def tiffs():
    def made(array, **options):
        out = io.BytesIO()
        with tifffile.TiffWriter(out, bigtiff=options.pop("big", False), byteorder=options.pop("order", "<")) as writer:
            for page in options.pop("pages", [array]):
                writer.write(page, metadata=None, **options)
        return out.getvalue()
    rgb = {"photometric": "rgb"}
    yield "plain.tif", made(RGB, **rgb), PILLOW
    yield "pages.tif", made(RGB, pages=[RGB, OTHER, RGB], **rgb), PILLOW
    yield "pages-big.tif", made(RGB, pages=[RGB, OTHER], big=True, **rgb), PILLOW
    yield "mm.tif", made(RGB, order=">", **rgb), PILLOW
    yield "big.tif", made(RGB, big=True, **rgb), PILLOW
    yield "big-mm.tif", made(RGB, big=True, order=">", **rgb), RGB
    yield "planar.tif", made(np.moveaxis(RGB, -1, 0).copy(), planarconfig="separate", **rgb), PILLOW
    yield "planar-deflate.tif", made(np.moveaxis(RGB, -1, 0).copy(), planarconfig="separate", compression="zlib", **rgb), PILLOW
    yield "planar-tiled.tif", made(np.moveaxis(RGB, -1, 0).copy(), planarconfig="separate", tile=(16, 16), **rgb), PILLOW
    for name in ("lzw", "zlib", "packbits"):
        yield f"{name}.tif", made(RGB, compression=name, **rgb), PILLOW
        yield f"tiled-{name}.tif", made(RGB, tile=(16, 32), compression=name, **rgb), PILLOW
    yield "tiled.tif", made(RGB, tile=(16, 16), **rgb), PILLOW
    yield "tiled-big.tif", made(RGB, tile=(32, 32), big=True, **rgb), PILLOW
    yield "strips.tif", made(RGB, rowsperstrip=7, **rgb), PILLOW
    yield "predictor.tif", made(RGB, compression="lzw", predictor=True, **rgb), PILLOW
    yield "predictor16.tif", made(RGB.astype(np.uint16) * 257, compression="zlib", predictor=True, **rgb), RGB
    yield "jpeg.tif", f.encode(IMAGE, "TIFF", compression="jpeg"), PILLOW
    for name in ("group3", "group4"):
        yield f"{name}.tif", f.encode(IMAGE.convert("1"), "TIFF", compression=name), PILLOW
    for bits in (1, 4, 8, 12, 16, 32):
        levels = GRAY.astype(np.uint64) * ((1 << bits) - 1) // 255
        yield f"gray{bits}.tif", f.tiff(levels, 1, bits), gray3(levels * 255.0 / ((1 << bits) - 1))
    yield "white-is-zero.tif", f.tiff(GRAY, 0), gray3(255 - GRAY.astype(float))
    yield "rgb16.tif", made(RGB.astype(np.uint16) * 257, **rgb), RGB
    for kind in ("float16", "float32", "float64"):
        yield f"{kind}.tif", made((RGB / 255).astype(kind), **rgb), RGB
    yield "float-gray.tif", made((GRAY[..., 0] / 255).astype("float32"), photometric="minisblack"), gray3(GRAY)
    yield "float-predictor.tif", made((RGB / 255).astype("float32"), compression="zlib", predictor=3, **rgb), RGB
    yield "float-255.tif", made(RGB.astype("float32"), **rgb), "floating point samples from 0.0 to 255.0"
    yield "signed.tif", made((RGB.astype(np.int16) - 128), **rgb), "signed samples"
    yield "complex.tif", made(GRAY[..., 0].astype("complex64"), photometric="minisblack"), "complex samples"
    yield "rgba.tif", made(RGBA, extrasamples=["unassalpha"], **rgb), PILLOW
    yield "rgba-associated.tif", f.tiff(np.concatenate([np.rint(RGB * (ALPHA / 255)), ALPHA], -1).astype(int), 2, extra=[1]), PILLOW
    yield "palette.tif", f.encode(IMAGE.quantize(60), "TIFF"), PILLOW
    yield "cmyk.tif", f.encode(IMAGE.convert("CMYK"), "TIFF"), PILLOW
    yield "icc.tif", f.encode(IMAGE, "TIFF", icc_profile=SWAPPED), PILLOW
    for value in range(2, 9):
        yield f"turned{value}.tif", f.tiff(RGB, 2, fields=[(274, 3, [value])]), PILLOW
    thumbnail = made(RGB, pages=[RGB], **rgb)
    yield "zstd.tif", made(RGB, compression="zstd", **rgb), "can't be decoded as TIFF"
    yield "trailing.tif", thumbnail + bytes(99), PILLOW


def unreadable():
    named = "is %s picture, which sgid can't read: convert it to PNG or baseline JPEG"
    heic, avif = f.encode(IMAGE, "HEIF"), f.encode(IMAGE, "AVIF")
    codestream = imagecodecs.jpegxl_encode(RGB)
    container = b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x14ftypjxl \0\0\0\0jxl " + struct.pack(">I4s", 8 + len(codestream), b"jxlc") + codestream
    jp2 = f.encode(IMAGE, "JPEG2000")
    j2k = imagecodecs.jpeg2k_encode(RGB, codecformat="j2k")
    files = {
        "photo.heic": (heic, "a HEIC"), "photo.heif": (heic[:8] + b"mif1" + heic[12:16] + b"mif1miafmiaf" + heic[28:], "a HEIF"), "photo.avif": (avif, "an AVIF"),
        "film.avif": (avif[:8] + b"avis" + avif[12:], "an AVIF"), "container.jxl": (container, "a JPEG XL"), "codestream.jxl": (codestream, "a JPEG XL"),
        "photo.jp2": (jp2, "a JPEG 2000"), "codestream.jp2": (j2k, "a JPEG 2000"), "photo.ppm": (f.encode(IMAGE, "PPM"), r"a Netpbm \(PNM\)"),
        "photo.pgm": (f.encode(GRAY_IMAGE, "PPM"), r"a Netpbm \(PNM\)"), "photo.pbm": (f.encode(IMAGE.convert("1"), "PPM"), r"a Netpbm \(PNM\)"),
        "icon.png": (f.encode(IMAGE, "ICO"), "an ICO"), "dds.png": (f.encode(IMAGE, "DDS"), "a DDS"), "qoi.png": (imagecodecs.qoi_encode(RGB), "a QOI"),
        "xr.jpg": (imagecodecs.jpegxr_encode(RGB), "a JPEG XR"), "hdr.png": (b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n\0\0\0\0", r"a Radiance \(HDR\)"),
        "exr.png": (b"v/1\x01\2\0\0\0channels\0chlist\0", "an OpenEXR"), "psd.tif": (b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 1, 1, 8, 3), r"a Photoshop \(PSD\)"),
        "eps.png": (f.encode(IMAGE, "EPS"), r"a PostScript \(EPS\)"), "drawing.png": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG"),
        "scan.png": (bytes(128) + b"DICM" + bytes(99), "a DICOM"),
    }
    for name, (file, what) in files.items():
        yield name, file, named % what
    no = {
        "page.jpg": (b"<!DOCTYPE html>\n<html><body>404 Not Found</body></html>", r"is a web page \(HTML\), no picture"),
        "pointer.jpg": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n", "is a pointer of Git LFS, not the picture"),
        "document.png": (f.encode(IMAGE, "PDF"), "is a PDF document, no picture"), "archive.png": (b"PK\3\4" + bytes(99), "is a ZIP archive"),
        "film.png": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", r"is a video or sound \(MP4\)"), "sound.png": (b"RIFF\x24\0\0\0WAVEfmt ", r"is a sound or video \(RIFF\)"),
        "note.png": ("Größe: 12\n".encode(), "is text, no picture"), "zeros.png": (bytes(5000), "nothing but zeros"),
        "noise.png": (np.random.default_rng(3).integers(128, 256, 999).astype("u1").tobytes(), "no image of a format that can be read"),
        "wireless.png": (b"\0\0\x08\x08" + b"\xaa" * 8, "no image of a format that can be read"),
    }
    for name, (file, reason) in no.items():
        yield name, file, reason


def wrong_extensions():
    jpeg = f.encode(IMAGE, "JPEG", quality=92, subsampling=0)
    png, gif, webp = f.encode(IMAGE, "PNG"), f.encode(IMAGE, "GIF"), f.encode(IMAGE, "WEBP", lossless=True)
    for name, file in {"jpeg.png": jpeg, "png.jpg": png, "gif.jpeg": gif, "webp.png": webp, "bmp.gif": f.encode(IMAGE, "BMP"),
                       "tiff.webp": f.tiff(RGB, 2), "png.tif": png, "jpeg.heic": jpeg, "png.bmp": png, "jpeg.webp": jpeg, "JPEG.JPG": jpeg, "Png.PNG": png}.items():
        yield name, file, PILLOW
    yield "heic.jpg", f.encode(IMAGE, "HEIF"), "is a HEIC picture"
    yield "avif.png", f.encode(IMAGE, "AVIF"), "is an AVIF picture"
    yield "jxl.jpeg", imagecodecs.jpegxl_encode(RGB), "is a JPEG XL picture"


def cut():
    noise = f.image(NOISE)
    files = {
        "baseline.jpg": f.encode(noise, "JPEG", quality=90), "progressive.jpg": f.encode(noise, "JPEG", quality=90, progressive=True),
        "plain.png": f.encode(noise, "PNG"), "interlaced.png": interlaced(NOISE, 2), "plain.gif": f.encode(noise, "GIF"),
        "lossless.webp": f.encode(noise, "WEBP", lossless=True), "lossy.webp": f.encode(noise, "WEBP", quality=80),
        "plain.bmp": f.encode(noise, "BMP"), "plain.tif": f.tiff(NOISE, 2), "lzw.tif": f.encode(noise, "TIFF", compression="tiff_lzw"),
    }
    for name, file in files.items():
        for tenth in range(1, 10):
            yield f"{tenth}0-percent-{name}", file[:len(file) * tenth // 10], CUT


def empty():
    for end in ("jpg", "png", "gif", "webp", "bmp", "tif"):
        yield f"empty.{end}", b"", "the file is empty"
    for name, start in {"jpg": b"\xff\xd8", "png": b"\x89PNG\r\n\x1a\n", "gif": b"GIF89a", "webp": b"RIFF\0\0\0\0WEBP", "bmp": b"BM", "tif": b"II*\0"}.items():
        yield f"signature-alone.{name}", start, CUT


def bombs():
    def png(width, height, data=zlib.compress(bytes(999))):
        head = f.chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        return b"\x89PNG\r\n\x1a\n" + head + f.chunk(b"IDAT", data) + f.chunk(b"IEND", b"")
    pixels = "pixels are more than the 100000000 allowed"
    yield "pixels.png", png(50000, 50000), pixels
    yield "pixels-2g.png", png(2**31 - 1, 2**31 - 1), pixels + "|can't be decoded as PNG"
    yield "pixels-allowed.png", png(9999, 9999), "the file is cut short|too large for the memory"
    jpeg = f.encode(IMAGE, "JPEG", progressive=True)
    at = jpeg.index(b"\xff\xc2") + 5
    yield "pixels.jpg", jpeg[:at] + struct.pack(">HH", 65500, 65500) + jpeg[at + 4:], pixels
    yield "pixels-allowed.jpg", jpeg[:at] + struct.pack(">HH", 9999, 9999) + jpeg[at + 4:], "the file is cut short|too large for the memory"
    gif = bytearray(f.encode(IMAGE, "GIF"))
    struct.pack_into("<HH", gif, 6, 65535, 65535)
    yield "screen.gif", bytes(gif), pixels
    yield "pixels.bmp", bmp(100000, 100000, 24, b""), pixels
    yield "pixels-allowed.bmp", bmp(9999, 9999, 24, b""), "the file is cut short|too large for the memory"
    yield "offset.bmp", patched(f.encode(IMAGE, "BMP"), 10, 0x7FFFFFF0), "the file is cut short"
    yield "palette.bmp", patched(f.encode(GRAY_IMAGE, "BMP"), 46, 0x7FFFFFF0), gray3(GRAY)
    yield "pixels.webp", b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff", pixels + "|can't be decoded as WEBP"
    yield "pixels.tif", f.tiff(RGB, 2, fields=[(256, 4, [60000]), (257, 4, [60000])]), pixels
    yield "pixels-allowed.tif", f.tiff(RGB, 2, fields=[(256, 4, [9999]), (257, 4, [9999]), (278, 4, [9999])]), "the file is cut short|too large for the memory"
    yield "tiles.tif", f.tiff(RGB, 2, compression=8, fields=[(322, 4, [2**30]), (323, 4, [2**30]), (324, 4, [8]), (325, 4, [99])], leave_out=[273, 278, 279]), \
        "too large for the memory|can't be decoded as TIFF"
    yield "samples.tif", f.tiff(RGB, 2, fields=[(256, 4, [9999]), (257, 4, [9999]), (277, 3, [65535])]), "too large for the memory|the file is cut short"
    # what follows is beside the picture
    large = "inflates? to more than [0-9]+ MiB, which makes it a decompression bomb"
    yield "icc.png", f.png(RGB, 2, before=[f.chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(1 << 26), 9))]), large
    yield "ztxt.png", f.png(RGB, 2, before=[f.chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(1 << 26), 9))]), large
    yield "ztxt-many.png", f.png(RGB, 2, before=[f.chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(1 << 20), 9))] * 500), large
    yield "itxt.png", f.png(RGB, 2, before=[f.itxt(b"XML:com.adobe.xmp", bytes(1 << 26), True)]), large
    yield "ztxt-comment.png", f.png(RGB, 2, before=[f.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 26), 9))]), large
    yield "icc-large.png", f.png(RGB, 2, before=[f.chunk(b"iCCP", b"p\0\0" + zlib.compress(SRGB + bytes(900_000), 9))]), RGB
    yield "icc-tags.jpg", f.after_start(f.encode(IMAGE, "JPEG", quality=92, subsampling=0),
                                        f.icc_segments(SRGB[:128] + struct.pack(">I", 2**31 - 1) + SRGB[132:])), PILLOW
    nested = f.exif([(34665, 4, [8]), (330, 4, [8]), (34853, 4, [8]), (274, 3, [6])], end=struct.pack("<I", 8))
    yield "exif-directories.jpg", f.after_start(f.encode(IMAGE, "JPEG", quality=92, subsampling=0), f.exif_segment(nested)), PILLOW
    yield "exif-count.jpg", f.after_start(f.encode(IMAGE, "JPEG", quality=92, subsampling=0),
                                          f.exif_segment(f.exif([(270, 2, b"x" * 8)]).replace(struct.pack("<I", 8), struct.pack("<I", 0x7FFFFFFF), 1))), PILLOW
    loops = [(330, 4, [8] * 5000), (34665, 4, [8]), (34853, 4, [8])]
    yield "directories.tif", f.tiff(RGB, 2, fields=loops, next_directory=8), "its directories are nested in a circle"
    chain = f.tiff(RGB, 2)
    directories = b"".join(struct.pack("<HHHIII", 1, 254, 4, 1, 0, len(chain) + 18 * (i + 1)) for i in range(20000))
    count = struct.unpack_from("<H", chain, 8)[0]
    yield "directory-chain.tif", patched(chain, 10 + 12 * count, len(chain)) + directories, "its directories are more than 10000"
    yield "directory-large.tif", chain[:4] + struct.pack("<I", len(chain)) + chain[8:] + struct.pack("<H", 65535) + bytes(12 * 100), "can't be decoded as TIFF|cut short"
    yield "values.tif", f.tiff(RGB, 2, fields=[(273, 4, [8])]).replace(struct.pack("<HHI", 273, 4, 1), struct.pack("<HHI", 273, 4, 0x3FFFFFFF)), "can't be decoded as TIFF|cut short"


def cases():
    for kind, members in {"jpeg": jpegs, "png": pngs, "gif": gifs, "webp": webps, "bmp": bmps, "tiff": tiffs, "unreadable": unreadable,
                          "wrong extension": wrong_extensions, "cut": cut, "empty": empty, "bombs": bombs}.items():
        for name, file, expected in members():
            yield kind, name, file, expected

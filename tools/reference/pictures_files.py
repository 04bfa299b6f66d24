"""Small image files, made byte by byte where Pillow doesn't write what a case needs."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

D50 = (0.9642, 1.0, 0.8249)


def encode(image, form, **options):
    out = io.BytesIO()
    image.copy().save(out, form, **options)  # saving leaves settings of the format in the image
    return out.getvalue()


# --- JPEG


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def after_start(jpeg, *segments):
    """Behind JFIF's segment, where the file has one."""
    at = 20 if jpeg[2:4] == b"\xff\xe0" else 2
    return jpeg[:at] + b"".join(segments) + jpeg[at:]


def exif_segment(block):
    return segment(0xE1, b"Exif\0\0" + block)


def xmp_segment(packet):
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def icc_segments(profile, parts=1, count=None, order=None):
    size = -(-len(profile) // parts)
    made = [
        segment(0xE2, b"ICC_PROFILE\0" + bytes([i + 1, count or parts]) + profile[i * size:(i + 1) * size])
        for i in range(parts)
    ]
    return b"".join(made[i] for i in (order or range(parts)))


# --- EXIF and XMP

EXIF_FORMATS = {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d"}


def exif(entries, order="<", end=bytes(4), count=None):
    """A block whose directory has `entries`: (tag, type, values); values of bytes are kept as they are."""
    at = 8 + 2 + 12 * len(entries) + len(end)
    directory, blobs = b"", b""
    for tag, kind, values in entries:
        if isinstance(values, bytes):
            raw, number = values, len(values)
        else:
            raw = b"".join(
                struct.pack(order + EXIF_FORMATS[kind], *(v if isinstance(v, tuple) else (v,))) for v in values
            )
            number = len(values)
        if len(raw) <= 4:
            stored = raw.ljust(4, b"\0")
        else:
            stored = struct.pack(order + "I", at + len(blobs))
            blobs += raw
        directory += struct.pack(order + "HHI", tag, kind, number) + stored
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, len(entries) if count is None else count)
    return head + directory + end + blobs


def orientation(value, kind=3, order="<", **options):
    return exif([(271, 2, b"sgid"), (274, kind, [value])], order, **options)


def xmp(text):
    return (
        b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" ' + text + b"</rdf:Description></rdf:RDF></x:xmpmeta>"
    )


def xmp_attribute(value):
    return xmp(b'tiff:Orientation="%d">' % value)


def xmp_element(value):
    return xmp(b"><tiff:Orientation>%d</tiff:Orientation>" % value)


# --- PNG


def chunk(kind, data, crc=None):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)


def png(samples, color_type, bits=8, before=(), after=(), end=chunk(b"IEND", b""), head_crc=None):
    """From samples (height, width, bands), which are packed where they are narrow."""
    height, width = samples.shape[:2]
    rows = b""
    for row in samples.reshape(height, -1):
        if bits == 16:
            packed = row.astype(">u2").tobytes()
        elif bits == 8:
            packed = row.astype("u1").tobytes()
        else:
            packed = pack(row, bits)
        rows += b"\0" + packed
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0), head_crc)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + pixels + b"".join(after) + end


def pack(values, bits):
    """Unsigned integers of `bits` bits, the first in the highest bits, filled up to a byte."""
    text = "".join(format(int(v), f"0{bits}b") for v in values)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def itxt(key, text, compressed=False):
    data = zlib.compress(text) if compressed else text
    return chunk(b"iTXt", key + b"\0" + bytes([compressed, 0]) + b"\0\0" + data)


def raw_profile(block):
    data = (b"Exif\0\0" + block).hex()
    lines = "\n".join(data[i:i + 72] for i in range(0, len(data), 72))
    return f"\nexif\n{len(data) // 2:8}\n{lines}\n".encode()


# --- WebP


def webp(image, exif_block=None, packet=None, profile=None, flags=None):
    """Lossless, with the extended header."""
    simple = encode(image, "WEBP", lossless=True)
    pixels = simple[12:]
    chunks = [(b"ICCP", profile, 0x20), (None, pixels, 0), (b"EXIF", exif_block, 0x08), (b"XMP ", packet, 0x04)]
    announced = sum(flag for _, data, flag in chunks if data) if flags is None else flags
    body = b"WEBP" + b"VP8X" + struct.pack("<IB3x", 10, announced)
    body += struct.pack("<I", image.width - 1)[:3] + struct.pack("<I", image.height - 1)[:3]
    for kind, data, _ in chunks:
        if kind is None:
            body += data
        elif data is not None:
            body += kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# --- TIFF

TIFF_FORMATS = {1: "B", 3: "H", 4: "I", 5: "II", 11: "f", 12: "d", 16: "Q"}
NUMBERS = {1: "u", 2: "i", 3: "f"}


def tiff(samples, photometric, bits=8, number=1, extra=None, order="<", planar=False, big=False, fields=(),
         compression=1, data=None, tile=None, fill=1, leave_out=(), next_directory=0):
    """One directory before the pixels. `samples`: (height, width, bands); `number`: TIFF's sample format."""
    height, width, bands = samples.shape
    if data is None:
        planes = [samples[..., b:b + 1] for b in range(bands)] if planar else [samples]
        strips = [rows(plane, bits, number, order) for plane in planes]
    else:
        strips = data
    if fill == 2:
        strips = [bytes(int(f"{v:08b}"[::-1], 2) for v in strip) for strip in strips]
    if compression == 8:
        strips = [zlib.compress(strip) for strip in strips]
    long = 16 if big else 4
    entries = [
        (256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * bands), (259, 3, [compression]), (262, 3, [photometric]),
        (273, long, None), (277, 3, [bands]), (279, long, [len(s) for s in strips]), (284, 3, [2 if planar else 1]),
        (266, 3, [fill]), (339, 3, [number] * bands),
    ]
    if tile is None:
        entries.append((278, 4, [height]))
    if extra is not None:
        entries.append((338, 3, extra))
    given = [f for f in fields]
    entries = [e for e in entries if e[0] not in {f[0] for f in given} | set(leave_out)] + given
    entries.sort(key=lambda e: e[0])
    head = 16 if big else 8
    entry = 20 if big else 12
    blob_at = head + (8 if big else 2) + entry * len(entries) + (8 if big else 4)
    raws = []
    for tag, kind, values in entries:
        if values is None:
            raws.append(None)
        elif isinstance(values, bytes):
            raws.append(values)
        else:
            raws.append(b"".join(struct.pack(order + TIFF_FORMATS[kind], *(v if isinstance(v, tuple) else (v,))) for v in values))
    inline = 8 if big else 4
    offset_size = 8 * len(strips) if big else 4 * len(strips)
    pixels_at = blob_at + sum(len(r) + len(r) % 2 for r in raws if r is not None and len(r) > inline)
    pixels_at += offset_size if offset_size > inline else 0
    offsets, at = [], pixels_at
    for strip in strips:
        offsets.append(at)
        at += len(strip)
    directory, blobs = b"", b""
    for (tag, kind, values), raw in zip(entries, raws):
        if raw is None:
            raw = b"".join(struct.pack(order + TIFF_FORMATS[kind], o) for o in offsets)
            values = offsets
        size = {1: 1, 2: 1, 7: 1, 3: 2, 4: 4, 5: 8, 11: 4, 12: 8, 16: 8}[kind]
        count = len(raw) // size
        if len(raw) <= inline:
            stored = raw.ljust(inline, b"\0")
        else:
            stored = struct.pack(order + ("Q" if big else "I"), blob_at + len(blobs))
            blobs += raw + bytes(len(raw) % 2)
        directory += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, count) + stored
    magic = b"II" if order == "<" else b"MM"
    if big:
        top = magic + struct.pack(order + "HHHQ", 43, 8, 0, 16) + struct.pack(order + "Q", len(entries))
        end = struct.pack(order + "Q", next_directory)
    else:
        top = magic + struct.pack(order + "HI", 42, 8) + struct.pack(order + "H", len(entries))
        end = struct.pack(order + "I", next_directory)
    return top + directory + end + blobs + b"".join(strips)


def rows(samples, bits, number, order):
    height = samples.shape[0]
    if bits in (8, 16, 32, 64):
        return samples.astype(np.dtype(f"{NUMBERS[number]}{bits // 8}").newbyteorder(order)).tobytes()
    return b"".join(pack(row, bits) for row in samples.reshape(height, -1))


# --- ICC


def s15(value):
    return struct.pack(">i", round(value * 65536))


def icc(space, profile_class, tags, pcs=b"XYZ ", intent=0):
    """A version 2 profile."""
    table, blobs, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        table += name + struct.pack(">II", at + len(blobs), len(data))
        blobs += data + bytes(-len(data) % 4)
    size = at + len(blobs)
    head = struct.pack(">I4sI4s4s4s6H4s", size, bytes(4), 0x02400000, profile_class, space, pcs, 2026, 1, 1, 0, 0, 0, b"acsp")
    head += bytes(24) + struct.pack(">I", intent) + b"".join(s15(v) for v in D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + blobs


def description():
    return b"desc" + struct.pack(">4xI5s", 5, b"sgid\0") + bytes(4 + 4 + 2 + 1 + 67)


def common():
    return [(b"desc", description()), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", xyz(D50))]


def xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(s15(v) for v in values)


def curve(gamma):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def rgb_profile(columns, gamma, profile_class=b"mntr", intent=0):
    """`columns`: the XYZ of red, green and blue under D50."""
    primaries = [(n, xyz(c)) for n, c in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns)]
    curves = [(n, curve(gamma)) for n in (b"rTRC", b"gTRC", b"bTRC")]
    return icc(b"RGB ", profile_class, common() + primaries + curves, intent=intent)


def gray_profile(gamma, profile_class=b"mntr"):
    return icc(b"GRAY", profile_class, common() + [(b"kTRC", curve(gamma))])


def table_profile(space, profile_class, inputs, grid, intent=0, names=(b"A2B0",)):
    """From a grid of 8-bit Lab; `grid(*coordinates 0 to 1)` gives L*, a*, b*."""
    corners = np.stack(np.meshgrid(*[np.linspace(0, 1, 3)] * inputs, indexing="ij"), -1).reshape(-1, inputs)
    cells = b""
    for corner in corners:
        lightness, a, b = grid(*corner)
        cells += bytes(int(np.clip(round(v), 0, 255)) for v in (lightness * 2.55, a + 128, b + 128))
    identity = bytes(range(256))
    matrix = b"".join(s15(v) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    table = b"mft1\0\0\0\0" + bytes([inputs, 3, 3, 0]) + matrix + identity * inputs + cells + identity * 3
    return icc(space, profile_class, common() + [(n, table) for n in names], pcs=b"Lab ", intent=intent)


def image(array):
    return Image.fromarray(np.ascontiguousarray(array.astype(np.uint8)))

#!/usr/bin/env python3
"""How well near duplicates are told from other images: the bounds of sgid's plan on Fashion-MNIST.

    python measure.py FOLDER [--images 1000]

FOLDER holds t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz. Of its first images variants are made (stored anew as JPEG, at other
sizes, brighter, darker, shifted, flipped), and it is counted how many are found by bits of the hash and likeness; and how many pairs
among all 10,000 images are taken for near duplicates. Hash and likeness are those of PerceptualHash and Fingerprint. numpy and Pillow.
"""

import argparse
import gzip
import io
from pathlib import Path

import numpy as np
from PIL import Image

BITS = (6, 8, 10)
LIKENESSES = (0.98, 0.985, 0.99, 0.9925, 0.995)
DCT = np.array([[np.cos(np.pi * k * (2 * n + 1) / 64) for n in range(32)] for k in range(1, 9)])


def area(pixels, cells):
    """The matrix that takes means of just the area that each cell covers."""
    matrix = np.zeros((cells, pixels))
    for i in range(cells):
        for j in range(pixels):
            matrix[i, j] = max(0, min((i + 1) * pixels / cells, j + 1) - max(i * pixels / cells, j))
    return matrix / matrix.sum(1, keepdims=True)


def fingerprints(images):
    """Bits of the hashes, and 16x16 lumas of length 1 without their means."""
    shrink = area(images.shape[-1], 32)
    luma = np.einsum("ij,bjk,lk->bil", shrink, images.astype(float), shrink)
    waves = np.einsum("ij,bjk,lk->bil", DCT, luma, DCT).reshape(len(images), 64)
    cells = luma.reshape(-1, 16, 2, 16, 2).mean((2, 4)).reshape(-1, 256)
    cells -= cells.mean(1, keepdims=True)
    return waves > np.median(waves, 1, keepdims=True), cells / np.linalg.norm(cells, axis=1, keepdims=True)


def variants(images):
    def each(change):
        return np.stack([np.asarray(change(Image.fromarray(image))) for image in images])

    def jpeg(quality):
        def store(image):
            file = io.BytesIO()
            image.save(file, "jpeg", quality=quality)
            return Image.open(file).convert("L")

        return store

    def size(pixels):
        return lambda image: image.resize((pixels, pixels), Image.Resampling.BICUBIC)

    for by in (0.7, 0.85, 1.15, 1.3):
        yield f"brightness x{by}", np.clip(images * by, 0, 255).round().astype(np.uint8)
    for quality in (90, 75, 50, 30):
        yield f"JPEG {quality}", each(jpeg(quality))
    for pixels in (20, 24, 40, 56, 112):
        yield f"{pixels}x{pixels}", each(size(pixels))
    yield "20x20, JPEG 75", each(lambda image: jpeg(75)(size(20)(image)))
    yield "shifted by a pixel", np.roll(images, 1, axis=2)
    yield "cropped by a pixel", each(lambda image: image.crop((1, 1, 27, 27)))
    yield "flipped", images[:, :, ::-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=1000)
    options = parser.parse_args()
    with gzip.open(options.folder / "t10k-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(options.folder / "t10k-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    bits, lumas = fingerprints(images)

    print("mistaken, of", len(images) * (len(images) - 1) // 2, "pairs of different images (across classes):")
    pairs = []
    for begin in range(0, len(images), 1000):
        left, right = np.nonzero(lumas[begin : begin + 1000] @ lumas.T >= min(LIKENESSES))
        pairs += [(a + begin, b) for a, b in zip(left, right) if a + begin < b]
    left, right = np.array(pairs).T
    likeness = (lumas[left] * lumas[right]).sum(1)
    differ = (bits[left] != bits[right]).sum(1)
    for most in BITS:
        for least in LIKENESSES:
            found = (differ <= most) & (likeness >= least)
            across = (found & (labels[left] != labels[right])).sum()
            print(f"  {most:2} bits, {least:.4f}: {found.sum():4} ({across})")

    print("found, in percent, by likeness", LIKENESSES, "and at most 8 bits:")
    some = images[: options.images]
    for name, changed in variants(some):
        other_bits, other_lumas = fingerprints(changed)
        differ = (bits[: len(some)] != other_bits).sum(1)
        likeness = (lumas[: len(some)] * other_lumas).sum(1)
        shares = [100 * ((differ <= 8) & (likeness >= least)).mean() for least in LIKENESSES]
        print(f"  {name:20}", " ".join(f"{share:6.1f}" for share in shares))


if __name__ == "__main__":
    main()

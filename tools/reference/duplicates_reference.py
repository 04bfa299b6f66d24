"""Prints what FingerprintTest expects of a picture and others like it: hash and likeness, by numpy."""

import numpy as np

DCT = np.array([[np.cos(np.pi * k * (2 * n + 1) / 64) for n in range(32)] for k in range(1, 9)])


def area(pixels, cells):
    matrix = np.zeros((cells, pixels))
    for i in range(cells):
        for j in range(pixels):
            matrix[i, j] = max(0, min((i + 1) * pixels / cells, j + 1) - max(i * pixels / cells, j))
    return matrix / matrix.sum(1, keepdims=True)


def picture(width, height, shift=0.0):
    y, x = np.mgrid[:height, :width]
    u, v = x / width, y / height
    red = 128 + 100 * np.sin(5 * u + 3 * v * v + shift)
    green = 128 + 90 * np.cos(4 * v - 2 * u * v)
    blue = 128 + 80 * np.sin(9 * u * v + 1)
    return np.floor(np.stack([red, green, blue], -1)).astype(np.uint8)


def features(image):
    """The hash; luma without its mean; color differences, each cell for 16 of luma; how near the median a wave comes."""
    height, width = image.shape[:2]
    cells = np.einsum("ij,jkc,lk->ilc", area(height, 32), image.astype(float), area(width, 32))
    luma = cells @ [0.299, 0.587, 0.114]
    waves = (DCT @ luma @ DCT.T).ravel()

    def coarse(plane, side):
        return plane.reshape(side, 32 // side, side, 32 // side).mean((1, 3)).ravel()

    small = coarse(luma, 16)
    colors = [(cells[..., 2] - luma) / 1.772, (cells[..., 0] - luma) / 1.402]
    above = waves > np.median(waves)
    return (
        sum(1 << i for i in range(64) if above[i]),
        small - small.mean(),
        np.concatenate([4 * coarse(plane, 4) for plane in colors]),
        np.abs(waves - np.median(waves)).min(),
    )


def cosine(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def main():
    hash_, luma, color, margin = features(picture(50, 37))
    print("picture", hex(hash_), "margin", margin)
    others = {
        "larger": picture(90, 70),
        "shifted": picture(50, 37, 0.3),
        "red for blue": picture(50, 37)[..., ::-1],
    }
    for name, other in others.items():
        other_hash, other_luma, other_color, margin = features(other)
        all_ = cosine(np.r_[luma, color], np.r_[other_luma, other_color])
        print(name, hex(other_hash), "margin", margin, "likeness", min(cosine(luma, other_luma), all_))


if __name__ == "__main__":
    main()

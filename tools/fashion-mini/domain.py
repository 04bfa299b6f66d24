"""What the pack knows: measures where CLIP sees the training images, and writes it into `sgid.json`.

    python domain.py --data DATA --pack PACK [--photographs FOLDER] [--out domain.json]

sgid's measure is the cosine distance of an image's embedding to the nearest of the pack's `centres`; beyond `far` it
warns. This small CLIP has only ever seen clothes, and places whatever it is shown among them: no distance to the
means of the training images, of all or of each class, tells a photograph (README.md has the rates). One direction
does: Fisher's discriminant [1] between the embeddings of the training images and those of pictures that are something
else, which are made here: textures, shapes before one another, gradients, noise, plain colours, clothes before a
ground or inverted. So the pack has one centre: the direction that leads away from those.

    centre = −w / |w|,  w = (S_own + S_others)⁻¹ (mean_others − mean_own),  distance = 1 − cos(embedding, centre)

`far` is the distance beyond which 0.5 % of the training images lie, as they were trained on or unpadded.

[1] R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7 (1936).
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw, ImageFilter
from transformers import CLIPImageProcessor

import data

sys.path.append(str(Path(__file__).resolve().parents[1] / "export"))
from sgid_pack.images import distances, rounded  # noqa: E402  (found through the path above)

FAR_QUANTILE = 0.995
RIDGE = 1e-4
SIDE = 96


# --- pictures that are something else ------------------------------------------------------------------------------


class Others:
    """Draws pictures that are no clothes on black, gray ones among them."""

    def __init__(self, seed: int = 0):
        self._random = np.random.default_rng(seed)

    def draw(self, training: np.ndarray) -> Iterator[Image.Image]:
        kinds: tuple[tuple[Callable[[], Image.Image], int], ...] = (
            (self._shapes, 3_000), (self._texture, 2_000), (self._noise, 600), (self._plain, 600), (self._ramp, 600),
            (lambda: self._on_ground(training), 1_500), (lambda: self._inverted(training), 700))
        for kind, count in kinds:
            for _ in range(count):
                image = kind()
                yield image.convert("L").convert("RGB") if self._random.random() < 0.4 else image

    def _level(self) -> tuple[int, ...]:
        return tuple(self._random.integers(0, 256, 3).tolist())

    def _texture(self, side: int = 48) -> Image.Image:
        """Noise whose spectrum falls as a power of the frequency, as that of natural textures does."""
        frequency = np.fft.fftfreq(side)
        falling = np.hypot(frequency[:, None], frequency[None])
        falling[0, 0] = 1
        falling **= -self._random.uniform(0.3, 2)
        common, share = self._random.normal(size=(side, side)), self._random.uniform(0, 1)
        channels = []
        for _ in range(3):
            noise = common * share + self._random.normal(size=(side, side)) * (1 - share)
            values = np.fft.ifft2(np.fft.fft2(noise) * falling).real
            channels.append((values - values.mean()) / values.std() * self._random.uniform(10, 80)
                            + self._random.uniform(30, 225))
        return _picture(np.stack(channels, axis=-1))

    def _surface(self, textured: float) -> Image.Image:
        return self._texture(SIDE) if self._random.random() < textured else Image.new("RGB", (SIDE, SIDE), self._level())

    def _shapes(self) -> Image.Image:
        """Shapes that hide one another, of all sizes, as things in photographs do."""
        image = self._surface(textured=0.5)
        for _ in range(int(self._random.integers(5, 80))):
            width = max(3, int(SIDE * 0.6 / self._random.uniform(1, 8)))
            height = max(3, int(width * self._random.uniform(0.4, 1.6)))
            x, y = self._random.integers(-width, SIDE, 2).tolist()
            mask = Image.new("L", (SIDE, SIDE))
            draw = ImageDraw.Draw(mask)
            kind = self._random.integers(3)
            if kind == 0:
                draw.ellipse((x, y, x + width, y + height), fill=255)
            elif kind == 1:
                draw.rectangle((x, y, x + width, y + height), fill=255)
            else:
                corners = self._random.uniform(0, 1, (4, 2)) * (width, height) + (x, y)
                draw.polygon([tuple(corner) for corner in corners.tolist()], fill=255)
            image.paste(self._surface(textured=0.3), mask=mask)
        return image.filter(ImageFilter.GaussianBlur(self._random.uniform(0, 2)))

    def _noise(self) -> Image.Image:
        return _picture(self._random.normal(self._random.uniform(40, 215), self._random.uniform(5, 90), (36, 36, 3)))

    def _plain(self) -> Image.Image:
        return Image.new("RGB", (32, 32), self._level())

    def _ramp(self) -> Image.Image:
        ramp = np.linspace(self._level(), self._level(), 40)[:, None] * np.ones((1, 40, 1))
        return _picture(ramp).rotate(int(self._random.integers(4)) * 90)

    def _on_ground(self, training: np.ndarray) -> Image.Image:
        chosen = training[self._random.integers(len(training))][..., None].astype(float)
        ground = np.asarray(self._texture(training.shape[1])).astype(float)
        return _picture(chosen * chosen / 255 + ground * (1 - chosen / 255))

    def _inverted(self, training: np.ndarray) -> Image.Image:
        return Image.fromarray(255 - training[self._random.integers(len(training))]).convert("RGB")


def _picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


# --- embeddings ----------------------------------------------------------------------------------------------------


class Vision:
    """CLIP's vision tower with its preprocessing: pictures to unit-length embeddings."""

    def __init__(self, pack: Path, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(pack / "clip/vision_model.onnx", options)
        self._processor = CLIPImageProcessor.from_pretrained(pack / "clip")

    def embed(self, pictures: Iterator[Image.Image] | list[Image.Image]) -> np.ndarray:
        """float64 [n, width]."""
        pictures = [picture.convert("RGB") for picture in pictures]
        parts = []
        for i in range(0, len(pictures), 200):
            pixels = self._processor(pictures[i:i + 200], return_tensors="np").pixel_values
            parts.append(self._session.run(None, {"pixel_values": pixels.astype(np.float32)})[0])
        embeddings = np.concatenate(parts).astype(np.float64)
        return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


def originals(images: np.ndarray) -> list[Image.Image]:
    """Images as the pack was trained on them: 32x32 pixels."""
    return [Image.fromarray(image) for image in images]


def unpadded(images: np.ndarray) -> list[Image.Image]:
    """The same in the 28x28 pixels that Fashion-MNIST itself has, which many will feed the pack."""
    return [Image.fromarray(image[2:30, 2:30]) for image in images]


# --- the measure ---------------------------------------------------------------------------------------------------


def measure(forms: list[np.ndarray], others: np.ndarray) -> dict:
    """Centre and threshold from unit-length embeddings: the training images' in each form, and the others'."""
    own = np.concatenate(forms)
    within = (np.cov(own.T) + np.cov(others.T)) / 2 + RIDGE * np.eye(own.shape[1])
    away = np.linalg.solve(within, own.mean(axis=0) - others.mean(axis=0))
    centre = rounded(away)
    far = max(np.quantile(distances(centre, form), FAR_QUANTILE) for form in forms)
    return {"centres": [centre], "far": round(float(far), 4)}


def say(domain: dict, name: str, embeddings: np.ndarray) -> None:
    found = distances(domain["centres"][0], embeddings)
    low, middle, high = np.quantile(found, (0.05, 0.5, 0.95))
    print(f"{name:>34}: {100 * (found > domain['far']).mean():6.2f} % far of {len(found)}; "
          f"distance {low:.3f}, {middle:.3f}, {high:.3f} (5 %, 50 %, 95 %)", flush=True)


def write(pack: Path, data_folder: Path, photographs: Path | None = None, out: Path | None = None,
          threads: int = 1) -> None:
    """Measures, says how it does on images that it did not see, and writes it into the pack's `sgid.json`, or to `out`."""
    vision = Vision(pack, threads)
    training, validation = data.training_split(data_folder), data.validation_split(data_folder)
    forms = [vision.embed(originals(training.images)), vision.embed(unpadded(training.images[::5]))]
    domain = measure(forms, vision.embed(Others().draw(training.images)))
    for name, images in (("validation images", validation.images), ("test images", data.test_split(data_folder).images)):
        say(domain, name, vision.embed(originals(images)))
        say(domain, f"{name}, 28x28", vision.embed(unpadded(images)))
    say(domain, "other drawings of the same kinds", vision.embed(Others(seed=1).draw(validation.images)))
    if photographs:
        files = sorted(file for file in photographs.rglob("*") if file.suffix in (".jpg", ".jpeg", ".png"))
        embeddings = vision.embed([Image.open(file) for file in files])
        say(domain, "photographs", embeddings)
        for file, distance in zip(files, distances(domain["centres"][0], embeddings)):
            if distance <= domain["far"]:
                print(f"{'not far':>34}: {file.name}, {distance:.3f}")
    target = out or pack / "sgid.json"
    content = {} if out else json.loads(target.read_text(encoding="utf-8"))
    target.write_text(json.dumps(content | {"domain": domain}, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the Fashion-MNIST idx files")
    parser.add_argument("--pack", type=Path, required=True, help="the exported pack")
    parser.add_argument("--photographs", type=Path, help="a folder of pictures to show the measure on")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a JSON file for the measure, instead of the pack's sgid.json")
    arguments = parser.parse_args()
    write(arguments.pack, arguments.data, arguments.photographs, arguments.out, arguments.threads)


if __name__ == "__main__":
    main()

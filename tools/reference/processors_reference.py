"""Expected values of ImageProcessor, VaeImages, ReflectPad and of reading odd pictures.

    python tools/reference/processors_reference.py

Pictures are made by the tests themselves, as `picture` in pillow_reference.py makes them.
"""

import warnings

import numpy as np
import torch
from diffusers.image_processor import VaeImageProcessor
from PIL import Image
from transformers import BlipImageProcessor, CLIPImageProcessor, SiglipImageProcessor, ViTImageProcessor

import golden
from pillow_reference import picture

CLIP = {"image_processor_type": "CLIPImageProcessor"}
BLIP = {"image_processor_type": "BlipImageProcessor"}
VIT = {"image_processor_type": "ViTImageProcessor"}

CONFIGS = [
    (CLIPImageProcessor, CLIP),
    (CLIPImageProcessor, CLIP | {"size": {"shortest_edge": 24}, "crop_size": {"height": 24, "width": 24}}),
    (CLIPImageProcessor, {"feature_extractor_type": "CLIPFeatureExtractor", "size": 31, "crop_size": 20}),
    (CLIPImageProcessor, CLIP | {"size": 13, "crop_size": {"height": 24, "width": 17}}),
    (CLIPImageProcessor, CLIP | {"size": {"height": 19, "width": 11}, "do_center_crop": False, "resample": 1}),
    (CLIPImageProcessor, CLIP | {"do_resize": False, "crop_size": 33}),
    (CLIPImageProcessor, CLIP | {"size": 16, "crop_size": 16, "do_normalize": False}),
    (CLIPImageProcessor, CLIP | {"size": 16, "crop_size": 16, "do_rescale": False}),
    (CLIPImageProcessor, CLIP | {"size": 16, "crop_size": 16, "do_rescale": False, "do_normalize": False}),
    (BlipImageProcessor, BLIP),
    (BlipImageProcessor, BLIP | {"size": {"height": 16, "width": 24}}),
    (BlipImageProcessor, BLIP | {"size": 18, "image_mean": [0.1, 0.2, 0.3], "image_std": [0.9, 0.8, 0.7]}),
    (ViTImageProcessor, VIT | {"size": {"height": 20, "width": 20}}),
    (ViTImageProcessor, VIT | {"size": 12, "resample": 3, "rescale_factor": 0.00784313725490196}),
    (SiglipImageProcessor, {"image_processor_type": "SiglipImageProcessor", "size": {"height": 16, "width": 16}}),
]
SIZES = [(28, 28), (37, 53), (101, 64), (9, 70), (5, 8), (300, 200), (4, 900), (900, 4)]  # the last are cropped a lot


def processors():
    for kind, config in CONFIGS:
        processor = kind(**config)
        for i, (width, height) in enumerate(SIZES):
            shape = ["noise", "bars", "gradient"][i % 3]
            image = Image.fromarray(picture(shape, width, height))
            pixels = np.asarray(processor(image, return_tensors="np")["pixel_values"][0], dtype=np.float32)
            case = {
                "config": config,
                "kind": shape,
                "from": [width, height],
                "to": [pixels.shape[2], pixels.shape[1]],
                # every 97th value of a big one, and the whole of a small one
                "step": 97 if pixels.size > 4000 else 1,
            }
            case["values"] = golden.encode(pixels.reshape(-1)[:: case["step"]], "f4")
            yield case


def vae():
    image = picture("noise", 31, 9)
    processor = VaeImageProcessor(do_resize=False)
    tensor = processor.preprocess(Image.fromarray(image))[0]
    # halves between two levels, values out of range, and a sweep
    odd = torch.cat([torch.linspace(-1.2, 1.2, 900), (torch.arange(255) + 0.5) / 255 * 2 - 1, torch.tensor([-5.0, 5.0, 0.0])])
    odd = odd[: 3 * 386].reshape(1, 3, 1, 386)
    back = np.asarray(processor.postprocess(odd, output_type="pil")[0])
    return {
        "from": [31, 9],
        "tensor": golden.encode(tensor.numpy(), "f4"),
        "odd": golden.encode(odd.numpy(), "f4"),
        "odd_size": [386, 1],
        "odd_pixels": golden.encode(back, "u1"),
    }


def reflections():
    cases = [
        ((7, 5), (0, 0, 3, 2)),
        ((7, 5), (2, 1, 0, 0)),
        ((7, 5), (6, 4, 6, 4)),
        ((7, 5), (0, 0, 40, 33)),
        ((7, 5), (25, 31, 17, 0)),
        ((1, 5), (3, 2, 4, 9)),
        ((6, 1), (0, 0, 13, 5)),
        ((1, 1), (2, 2, 2, 2)),
        ((2, 2), (5, 5, 6, 6)),
        ((2, 3), (0, 0, 1, 0)),
    ]
    for (width, height), (left, top, right, bottom) in cases:
        padded = np.pad(picture("noise", width, height), ((top, bottom), (left, right), (0, 0)), mode="reflect")
        yield {"from": [width, height], "pad": [left, top, right, bottom], "pixels": golden.encode(padded, "u1")}


def on_white(image):
    """Pillow's own way to lay a picture with alpha on white."""
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, (255, 255, 255))
    white.paste(image, mask=image.getchannel("A"))
    return np.asarray(white)


def odd_pictures():
    """Samples as the tests put them into a BufferedImage, and the picture that Pillow reads."""
    width, height = 40, 25
    noise = picture("noise", width, height)
    gray, alpha = noise[..., 0], noise[..., 1]
    rgba = np.dstack([noise, np.roll(noise[..., 0], 3)])
    rgba[0, :, 3] = 255
    rgba[1, :, 3] = 0
    palette = picture("gradient", 16, 1)[0]
    indices = (gray % 16).astype(np.uint8)
    indexed = Image.fromarray(indices, mode="P")
    indexed.putpalette(palette.reshape(-1).tolist())
    bits = Image.fromarray((gray > 127).astype(np.uint8) * 255).convert("1", dither=Image.Dither.NONE)
    pictures = {
        "gray": (gray, np.asarray(Image.fromarray(gray).convert("RGB"))),
        "gray_alpha": (np.dstack([gray, alpha]), on_white(Image.fromarray(np.dstack([gray, alpha]), mode="LA"))),
        "rgba": (rgba, on_white(Image.fromarray(rgba))),
        "palette": (indices, np.asarray(indexed.convert("RGB"))),
        "bits": ((gray > 127).astype(np.uint8), np.asarray(bits.convert("RGB"))),
    }
    for name, (samples, pixels) in pictures.items():
        yield {
            "name": name,
            "size": [width, height],
            "samples": golden.encode(samples, "u1"),
            "pixels": golden.encode(pixels, "u1"),
        }


def main():
    warnings.simplefilter("ignore")
    golden.write(
        "image/processors.json.gz",
        {
            "processors": list(processors()),
            "vae": vae(),
            "reflections": list(reflections()),
            "palette": golden.encode(picture("gradient", 16, 1), "u1"),
            "odd_pictures": list(odd_pictures()),
        },
    )


if __name__ == "__main__":
    main()

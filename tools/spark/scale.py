"""What a job on many machines costs, and where what becomes the limit: prints the tables of docs/scale.md.

    python3 tools/spark/scale.py

Measured numbers stand below with where they come from; everything else is worked out of them.
"""

IMAGES = [10**6, 10**8, 10**9]
COPIES = 1

# Measured: metadata.jsonl of 2,000 pictures of the embedded pack has 2,071,416 bytes.
LINE = 1_036
# Assumed: a photo of 512 x 512 pixels as data sets have it, JPEG, and a copy as it is written, PNG.
PHOTO = 100_000
PICTURE = 450_000
PATH = 120  # bytes of a name and a label in a row

# Seconds that a picture takes on one core or GPU.
SECONDS = {
    # measured: 39 images/s on two cores, sgid-bench/throughput in docs/proofs.md
    "embedded pack, a CPU core": 2 / 39,
    # published: 31.19 steps a second, 512 x 512, half precision, diffusers with torch 2.1, one A100 80 GB
    # (github.com/fal-ai/stable-diffusion-benchmarks); 15 steps are run of 30 at a noise rate of 0.5. Captions and CLIP
    # are not counted.
    "Stable Diffusion 1.5, an A100": 15 / 31.19,
}

TASK = 120  # seconds, the default of --task-minutes
DRIVER_TASKS = 1_000_000  # assumed: what a driver keeps track of; SgidSpark makes no more
LISTED = 5_000  # assumed: files a second that are listed on an object store, 1,000 names a request
SHARD = 1_000_000_000  # bytes, or 10,000 pictures
SHARD_PICTURES = 10_000
MANIFEST_RATE = 30_000_000  # assumed: bytes a second that pass the driver, which only copies what workers sorted


def human(value, unit=""):
    for factor, name in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= factor:
            return f"{value / factor:,.1f} {name}{unit}".strip()
    return f"{value:,.0f} {unit}".strip()


def duration(seconds):
    for factor, name in ((86400 * 365, "years"), (86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= factor:
            return f"{seconds / factor:,.1f} {name}"
    return f"{seconds:,.0f} s"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def main():
    row("", *[f"10^{len(str(n)) - 1} images" for n in IMAGES])
    print("|---" * (len(IMAGES) + 1) + "|")
    pictures = [n * COPIES for n in IMAGES]
    for what, seconds in SECONDS.items():
        row(f"work by {what} ({seconds:.3f} s a picture)", *[duration(n * seconds) for n in pictures])
        row("… on 64 of them", *[duration(n * seconds / 64) for n in pictures])
    for what, seconds in SECONDS.items():
        tasks = [min(DRIVER_TASKS, max(1, n * seconds / TASK)) for n in pictures]
        row(f"tasks of {TASK} s, {what}", *[human(t) for t in tasks])
        row("… each then takes", *[duration(n * seconds / t) for n, t in zip(pictures, tasks)])
    row("read and shuffled once: images", *[human(n * PHOTO, "B") for n in IMAGES])
    row("… with paths alone (binaryFile): names", *[human(n * PATH, "B") for n in IMAGES])
    row("written: pictures", *[human(n * PICTURE, "B") for n in pictures])
    row("manifest", *[human(n * LINE, "B") for n in pictures])
    row("… through the driver (folders, shards)", *[duration(n * LINE / MANIFEST_RATE) for n in pictures])
    row("files as class folders", *[human(n) for n in pictures])
    shards = [max(n / SHARD_PICTURES, n * PICTURE / SHARD) for n in pictures]
    row("files as shards of 1 GB", *[human(s) for s in shards])
    row("listing the images, one file each", *[duration(n / LISTED) for n in IMAGES])
    row("listing them as Parquet or shards of 1 GB", *[duration(n * PHOTO / SHARD / LISTED) for n in IMAGES])


main()

"""Makes model packs for sgid: see sgid_export.py, and `command` here."""

import logging

logging.getLogger("diffusers").setLevel(logging.ERROR)  # it complains of optimum-onnx beside optimum

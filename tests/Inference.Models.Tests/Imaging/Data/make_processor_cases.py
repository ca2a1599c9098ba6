#!/usr/bin/env python3
"""Writes resize.json and processors.json: SHA-256 of what Pillow's resize and transformers' Pillow-backed processors give for drawn images."""
import hashlib, json, os, random, sys
import numpy as np
from PIL import Image
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.llava.image_processing_pil_llava import LlavaImageProcessorPil
from transformers.models.llava_next.image_processing_pil_llava_next import LlavaNextImageProcessorPil
out = sys.argv[1]; R = random.Random(3)

def drawn(w, h):
    """The same pattern as DrawnImage in the tests."""
    y, x = np.mgrid[0:h, 0:w].astype(np.int64)
    return np.stack([(x*x*3 + y*y*5 + x*y*7 + (x >> 2)*(y >> 1) + c*61) & 255 for c in range(3)], -1).astype(np.uint8)
sha = lambda b: hashlib.sha256(b).hexdigest()

resizes = []
sizes = [(1, 1), (2, 3), (17, 5), (64, 48), (100, 33), (33, 100), (257, 129), (640, 7), (5, 400), (300, 300)]
for f in range(6):
    for w, h in sizes:
        for _ in range(3):
            tw, th = R.choice([(w, R.randint(1, 90)), (R.randint(1, 90), h), (R.randint(1, 200), R.randint(1, 200)), (R.randint(1, 40), R.randint(1, 40))])
            resizes.append(dict(width=w, height=h, to_width=tw, to_height=th, filter=f, sha256=sha(Image.fromarray(drawn(w, h)).resize((tw, th), f).tobytes())))
for f in range(6):
    resizes.append(dict(width=1500, height=1100, to_width=448, to_height=336, filter=f, sha256=sha(Image.fromarray(drawn(1500, 1100)).resize((448, 336), f).tobytes())))
json.dump(resizes, open(os.path.join(out, "resize.json"), "w"), indent=None, separators=(",", ":"))

kinds = dict(CLIPImageProcessor=CLIPImageProcessorPil, SiglipImageProcessor=SiglipImageProcessorPil, LlavaImageProcessor=LlavaImageProcessorPil, LlavaNextImageProcessor=LlavaNextImageProcessorPil)
cases = []
def case(w, h, **config):
    p = kinds[config["image_processor_type"]](**{k: v for k, v in config.items() if k != "image_processor_type"})
    r = p(Image.fromarray(drawn(w, h)), return_tensors="np")
    v = np.ascontiguousarray(r["pixel_values"][0]).astype(np.float32); v = v.reshape(-1, *v.shape[-3:])
    if "image_sizes" in r: assert list(r["image_sizes"][0]) == [h, w]
    cases.append(dict(width=w, height=h, config=config, shape=list(v.shape), sha256=sha(v.tobytes())))
shapes = [(1, 1), (56, 56), (57, 55), (100, 40), (40, 100), (333, 17), (17, 333), (640, 480), (23, 900), (900, 23), (48, 64), (1000, 1), (1, 1000)]
for w, h in shapes:
    case(w, h, image_processor_type="CLIPImageProcessor", size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56})
    case(w, h, image_processor_type="CLIPImageProcessor", size=42, crop_size=56)
    case(w, h, image_processor_type="CLIPImageProcessor", size=70, crop_size={"height": 45, "width": 90}, resample=R.randint(0, 5))
    case(w, h, image_processor_type="SiglipImageProcessor", size={"height": 70, "width": 42}, resample=R.randint(0, 5))
    case(w, h, image_processor_type="LlavaImageProcessor", size={"height": 56, "width": 56}, crop_size=56, do_pad=True)
    case(w, h, image_processor_type="LlavaImageProcessor", size={"shortest_edge": 33}, crop_size=28, do_pad=True, resample=R.randint(0, 5))
    case(w, h, image_processor_type="LlavaImageProcessor", size={"shortest_edge": 33}, crop_size=28)
    case(w, h, image_processor_type="LlavaNextImageProcessor", size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56}, image_grid_pinpoints=[[56, 112], [112, 56], [112, 112], [168, 56], [56, 168]])
    case(w, h, image_processor_type="LlavaNextImageProcessor", size={"height": 42, "width": 42}, crop_size=42, image_grid_pinpoints=[[42*a, 42*b] for a in (1, 2, 3) for b in (1, 2, 4)], resample=R.randint(0, 5))
case(80, 60, image_processor_type="CLIPImageProcessor", size=40, crop_size=40, do_resize=False)
case(80, 60, image_processor_type="CLIPImageProcessor", size=40, crop_size=40, do_center_crop=False)
case(80, 60, image_processor_type="CLIPImageProcessor", size=40, crop_size=40, do_rescale=False)
case(80, 60, image_processor_type="CLIPImageProcessor", size=40, crop_size=40, do_normalize=False)
case(80, 60, image_processor_type="CLIPImageProcessor", size=40, crop_size=40, do_normalize=False, do_rescale=False)
case(80, 60, image_processor_type="CLIPImageProcessor", size=40, crop_size=40, rescale_factor=1/127.5, image_mean=[1.0, 0.9, 1.1], image_std=[0.5, 1.0, 2.0])
case(80, 60, image_processor_type="CLIPImageProcessor", size=40, crop_size=40, image_mean=0.5, image_std=0.25)
case(80, 60, image_processor_type="CLIPImageProcessor")
case(80, 60, image_processor_type="SiglipImageProcessor")
case(80, 60, image_processor_type="SiglipImageProcessor", size=64)
case(80, 60, image_processor_type="SiglipImageProcessor", do_center_crop=True, crop_size=50)
case(80, 60, image_processor_type="LlavaNextImageProcessor", size={"shortest_edge": 56}, crop_size=64, image_grid_pinpoints=[[64, 128], [128, 64]])
case(80, 60, image_processor_type="LlavaNextImageProcessor", size={"shortest_edge": 64}, crop_size=56, image_grid_pinpoints=[[56, 112], [112, 56]])
case(400, 300, image_processor_type="LlavaNextImageProcessor")
case(2000, 1500, image_processor_type="CLIPImageProcessor", size={"shortest_edge": 336}, crop_size={"height": 336, "width": 336})
json.dump(cases, open(os.path.join(out, "processors.json"), "w"), indent=None, separators=(",", ":"))
print(len(resizes), len(cases))

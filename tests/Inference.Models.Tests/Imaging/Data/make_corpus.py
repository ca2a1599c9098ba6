#!/usr/bin/env python3
"""Writes the image corpus and what Pillow makes of it: corpus/*, corpus.json (size, SHA-256 of convert("RGB") as stored and upright)."""
import hashlib, io, json, os, random, struct, sys, zlib
import numpy as np
from PIL import Image, ImageOps
out = sys.argv[1]; os.makedirs(out, exist_ok=True)
rng = np.random.default_rng(7)

def scene(w, h, c=3):
    y, x = np.mgrid[0:h, 0:w].astype(np.float64)
    planes = [127 + 90*np.sin(x/(5+3*i)+i) * np.cos(y/(7+2*i)) + rng.normal(0, 12, (h, w)) for i in range(c)]
    a = np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)
    return a[..., 0] if c == 1 else a
def write(name, data): open(os.path.join(out, name), "wb").write(data)
def save(name, im, **kw):
    b = io.BytesIO(); im.save(b, name.rsplit(".", 1)[1].replace("jpg", "JPEG"), **kw); write(name, b.getvalue()); return b.getvalue()

def chunk(t, d): return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t+d))
def filtered(rows, bpp):
    """One filter type after another, so that each of the five occurs."""
    prev = bytes(len(rows[0])); res = b""
    for i, r in enumerate(rows):
        f = i % 5; o = bytearray()
        for j, v in enumerate(r):
            a = r[j-bpp] if j >= bpp else 0; b = prev[j]; c = prev[j-bpp] if j >= bpp else 0
            p = a+b-c; pa, pb, pc = abs(p-a), abs(p-b), abs(p-c)
            q = a if pa <= pb and pa <= pc else b if pb <= pc else c
            o.append((v - [0, a, b, (a+b)//2, q][f]) & 255)
        res += bytes([f]) + bytes(o); prev = r
    return res
def png(name, w, h, depth, color, samples, interlace=0, before=(), after=()):
    """samples: [h, w, channels] integers; the file is written by hand, because Pillow cannot write every variant."""
    ch = samples.shape[2]; bpp = max(1, depth*ch//8); raw = b""
    passes = [(0,0,8,8),(4,0,8,8),(0,4,4,8),(2,0,4,4),(0,2,2,4),(1,0,2,2),(0,1,1,2)] if interlace else [(0,0,1,1)]
    for x0, y0, dx, dy in passes:
        s = samples[y0::dy, x0::dx]
        if s.shape[0] == 0 or s.shape[1] == 0: continue
        rows = []
        for r in s:
            v = r.reshape(-1)
            if depth == 16: rows.append(v.astype(">u2").tobytes())
            elif depth == 8: rows.append(v.astype(np.uint8).tobytes())
            else:
                bits = "".join(format(int(k), f"0{depth}b") for k in v); bits += "0"*(-len(bits) % 8)
                rows.append(bytes(int(bits[i:i+8], 2) for i in range(0, len(bits), 8)))
        raw += filtered(rows, bpp)
    z = zlib.compress(raw, 9); half = len(z)//2
    write(name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, color, 0, 0, interlace)) + b"".join(before)
          + chunk(b"IDAT", z[:half]) + chunk(b"IDAT", z[half:]) + b"".join(after) + chunk(b"IEND", b""))

# PNG: every colour type and depth, plain and interlaced
for inter in (0, 1):
    tag = "-interlaced" if inter else ""
    for color, ch, depths in ((0, 1, (1, 2, 4, 8, 16)), (2, 3, (8, 16)), (3, 1, (1, 2, 4, 8)), (4, 2, (8, 16)), (6, 4, (8, 16))):
        for d in depths:
            w, h = 21, 13
            s = rng.integers(0, 2**d, (h, w, ch)); before = []
            if d == 16 and color == 0: s[:6] %= 300   # around Pillow's clipping point
            if color == 3:
                n = 2**d if d < 8 else 200; s %= n; before = [chunk(b"PLTE", rng.integers(0, 256, n*3, dtype=np.uint8).tobytes())]
            png(f"png-{['grey','','rgb','palette','greyalpha','','rgba'][color]}{d}{tag}.png", w, h, d, color, s, inter, before)
s = rng.integers(0, 16, (9, 10, 1)); pal = chunk(b"PLTE", rng.integers(0, 256, 48, dtype=np.uint8).tobytes())
png("png-palette4-trns.png", 10, 9, 4, 3, s, 0, [pal, chunk(b"tRNS", bytes(range(0, 160, 10)))])
png("png-grey8-trns.png", 10, 9, 8, 0, s*16, 0, [chunk(b"tRNS", b"\0\x10")])
png("png-rgb8-trns-gamma-text.png", 10, 9, 8, 2, rng.integers(0, 256, (9, 10, 3)), 0, [chunk(b"gAMA", struct.pack(">I", 200000)), chunk(b"tRNS", b"\0\1\0\2\0\3"), chunk(b"zTXt", b"k\0\0"+zlib.compress(b"x"*100000)), chunk(b"teSt", b"private")], [chunk(b"tEXt", b"after\0pixels")])
png("png-1x1.png", 1, 1, 8, 2, np.array([[[1, 2, 3]]]))
png("png-palette8-short.png", 8, 8, 8, 3, np.arange(64).reshape(8, 8, 1), 0, [chunk(b"PLTE", bytes(range(90)))])   # indices beyond the palette
save("png-photo.png", Image.fromarray(scene(61, 47)))
frames = [Image.fromarray(scene(17, 11)) for _ in range(3)]
save("png-animated.png", frames[0], save_all=True, append_images=frames[1:])
save("png-animated-default.png", frames[0], save_all=True, default_image=True, append_images=frames[1:])

# JPEG
for name, kw in {"444": dict(subsampling=0), "422": dict(subsampling=1), "420": dict(subsampling=2), "progressive-420": dict(subsampling=2, progressive=True),
                 "progressive-444": dict(subsampling=0, progressive=True), "restart": dict(restart_marker_blocks=3), "q30": dict(quality=30), "rgb": dict(keep_rgb=True)}.items():
    save(f"jpg-{name}.jpg", Image.fromarray(scene(53, 39)), **kw)
for w, h in ((1, 1), (1, 9), (9, 1), (7, 5), (16, 16), (17, 33)): save(f"jpg-{w}x{h}.jpg", Image.fromarray(scene(w, h)), subsampling=2)
save("jpg-grey.jpg", Image.fromarray(scene(30, 22, 1)))
save("jpg-grey-progressive.jpg", Image.fromarray(scene(30, 22, 1)), progressive=True)
cmyk = save("jpg-cmyk.jpg", Image.fromarray(scene(24, 18, 4), "CMYK"))
i = cmyk.index(b"Adobe"); write("jpg-ycck.jpg", cmyk[:i+11] + b"\2" + cmyk[i+12:])   # the same samples, declared YCCK
# cjpeg-*.jpg lie in the folder already: cjpeg -sample 4x1 | 1x2 | 2x2,1x2,1x1 | -arithmetic, which Pillow cannot write.
save("jpg-comment.jpg", Image.fromarray(scene(16, 12)), comment=b"\xff\xd9 not the end")
for i in range(1, 9):
    e = Image.Exif(); e[274] = i; im = Image.fromarray(scene(12, 7))
    save(f"exif-{i}.jpg", im, exif=e, quality=95)
    if i in (3, 6): save(f"exif-{i}.png", im, exif=e); save(f"exif-{i}.webp", im, exif=e, lossless=True)
e = Image.Exif(); e[271] = "make"; save("exif-none.jpg", Image.fromarray(scene(12, 7)), exif=e)

# WebP
save("webp-lossy.webp", Image.fromarray(scene(51, 38)), quality=70)
save("webp-lossless.webp", Image.fromarray(scene(31, 18)), lossless=True)
save("webp-lossy-alpha.webp", Image.fromarray(scene(33, 20, 4), "RGBA"), quality=70)
save("webp-lossless-alpha.webp", Image.fromarray(scene(19, 20, 4), "RGBA"), lossless=True, exact=True)
save("webp-1x1.webp", Image.fromarray(scene(1, 1)))
fr = [Image.fromarray(scene(20, 14)) for _ in range(3)]
save("webp-animated.webp", fr[0], save_all=True, append_images=fr[1:], lossless=True)
fa = [Image.fromarray(scene(20, 14, 4), "RGBA") for _ in range(3)]
save("webp-animated-alpha.webp", fa[0], save_all=True, append_images=fa[1:], quality=80)
def riff(chunks): b = b"WEBP" + b"".join(t + struct.pack("<I", len(d)) + d + b"\0"*(len(d) & 1) for t, d in chunks); return b"RIFF" + struct.pack("<I", len(b)) + b
def u24(v): return struct.pack("<I", v)[:3]
still = io.BytesIO(); Image.fromarray(scene(8, 6)).save(still, "WEBP", lossless=True); bits = still.getvalue()[12:]
write("webp-animated-offset.webp", riff([(b"VP8X", bytes([2, 0, 0, 0]) + u24(19) + u24(15)), (b"ANIM", b"\xff\x80\x40\xff\0\0"), (b"ANMF", u24(2) + u24(3) + u24(7) + u24(5) + u24(100) + b"\2" + bits), (b"ANMF", u24(0) + u24(0) + u24(7) + u24(5) + u24(100) + b"\2" + bits)]))

facts = {}
for f in sorted(os.listdir(out)):
    im = Image.open(os.path.join(out, f)); raw = im.convert("RGB"); up = ImageOps.exif_transpose(Image.open(os.path.join(out, f))).convert("RGB")
    facts[f] = dict(width=raw.width, height=raw.height, stored=hashlib.sha256(raw.tobytes()).hexdigest(), upright_width=up.width, upright=hashlib.sha256(up.tobytes()).hexdigest(), mode=im.mode)
json.dump(facts, open(os.path.join(out, "..", "corpus.json"), "w"), indent=1)
print(len(facts), sum(os.path.getsize(os.path.join(out, f)) for f in facts))

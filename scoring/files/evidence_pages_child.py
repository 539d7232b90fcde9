"""Opens one stored file in a process of its own: a page as a picture, or its number of pages and first text.

Started as `python -I evidence_pages_child.py picture|text KIND FILE PAGE OUT`; never imported by the portal. The limits
are set before a byte of the file is read, so that a hostile file costs this process and nothing else. Prints a line of
JSON: {"pages", "text"} or {"pages", "width", "height"} (the picture is in OUT), or {"fault": "locked"|"huge"|"page"}.
Exit 0 means that the line counts; any other end is a file that cannot be shown.
"""

import json
import resource
import sys

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 5
LARGEST_PICTURE = 32 * 1024 * 1024
WIDEST = 1_400
TALLEST = 4_000
MOST_PIXELS = 80_000_000
TEXT_PAGES = 2
LONGEST_TEXT = 8_000
PASSWORD_FAULT = 4  # FPDF_ERR_PASSWORD


class Fault(Exception):
    """The file is understood, and is not shown: locked, huge, or without such a page."""


def read_pdf(path):
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", 0) == PASSWORD_FAULT:
            raise Fault("locked") from None
        raise


def pdf_text(path):
    book = read_pdf(path)
    text = ""
    for number in range(min(len(book), TEXT_PAGES)):
        sheet = book[number].get_textpage()
        text += sheet.get_text_range(0, min(sheet.count_chars(), LONGEST_TEXT - len(text))) + "\n"
        if len(text) >= LONGEST_TEXT:
            break
    return {"pages": len(book), "text": text[:LONGEST_TEXT].replace("\x00", "")}


def pdf_picture(path, page, out):
    book = read_pdf(path)
    if not 1 <= page <= len(book):
        raise Fault("page")
    sheet = book[page - 1]
    width, height = sheet.get_size()
    if width < 1 or height < 1:
        raise Fault("huge")
    scale = min(WIDEST / width, TALLEST / height)
    if width * scale < 1 or height * scale < 1:
        raise Fault("huge")
    bitmap = sheet.render(scale=scale * 0.9999, draw_annots=True)  # rounding up never passes the limit
    return keep(bitmap.to_pil(), out) | {"pages": len(book)}


def image_picture(path, kind, page, out):
    if page != 1:
        raise Fault("page")
    Image.MAX_IMAGE_PIXELS = None  # counted here
    with Image.open(path, formats=["JPEG" if kind == "jpg" else "PNG"]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Fault("huge")
        opened.draft("RGB", (WIDEST, TALLEST))  # a JPG is decoded at a half, a quarter, an eighth of its size
        image: Image.Image = opened
        if image.mode == "P":
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        elif image.mode == "1":
            image = image.convert("L")
        turned = image.getexif().get(0x0112, 1)  # the phone was held upright
        limits = (TALLEST, WIDEST) if turned in (5, 6, 7, 8) else (WIDEST, TALLEST)
        image.thumbnail(limits, Image.Resampling.BILINEAR)
        return keep(on_white(ImageOps.exif_transpose(image)), out) | {"pages": 1}


def on_white(image):
    """Without transparency, in eight bits; nothing but pixels goes on from here."""
    if image.mode.startswith("I") or image.mode == "F":
        return (
            image.convert("F").point(lambda level: level / 256).convert("L")
            if "16" in image.mode
            else image.convert("L")
        )
    if image.mode in ("RGBA", "LA", "PA"):
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    return image.convert("L" if image.mode == "L" else "RGB")


def keep(image, out):
    plain = Image.frombytes(image.mode, image.size, image.tobytes())  # EXIF, profiles and texts stay behind
    plain.save(out, "PNG", compress_level=6)
    return {"width": plain.width, "height": plain.height}


def work(what, kind, path, page, out):
    if what == "text":
        return pdf_text(path) if kind == "pdf" else {"pages": 1, "text": ""}
    return pdf_picture(path, page, out) if kind == "pdf" else image_picture(path, kind, page, out)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_PICTURE, LARGEST_PICTURE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    # Not needed: what is not loaded costs no time and cannot be attacked.
    sys.modules["numpy"] = None  # type: ignore[assignment]

    import pypdfium2
    from PIL import Image, ImageOps

    try:
        _, what, kind, path, page, out = sys.argv
        told = work(what, kind, path, int(page), out)
    except Fault as fault:
        told = {"fault": str(fault)}
    print(json.dumps(told))

"""Vietnamese text, numbers and dates: how the portal sorts, compares, prints and reads them.

Numbers are exact everywhere: they come in as strings, integers or `Decimal` and never pass through a float, so what
is printed has the digits that were computed. Reading is strict: where a figure can be understood in two ways, the
reader is asked instead of guessed for.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone
from django.utils.text import slugify

from scoring.engine.vietnamese import fold, sort_key

__all__ = [
    "AmbiguousNumber",
    "NotADate",
    "NotANumber",
    "end_of",
    "fold",
    "format_clock",
    "format_date",
    "format_datetime",
    "format_deadline",
    "format_moment",
    "format_number",
    "format_percent",
    "format_points",
    "format_signed",
    "parse_date",
    "parse_number",
    "slug",
    "sort_key",
]

MINUS = "\u2212"
NO_BREAK_SPACE = "\u00a0"
_CENT = Decimal("0.01")
MOST_WHOLE_DIGITS, MOST_DECIMALS = 15, 10  # of a number, as in the campaign file (methodology, "Numbers")
_SPACES = re.compile(r"[ \t\u00a0\u2009\u202f]")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_VIETNAMESE_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_GROUPS = r"[0-9]{1,3}(?:%s[0-9]{3})+"
_GROUPED_BY_POINT = re.compile(_GROUPS % r"\.")
_GROUPED_BY_COMMA = re.compile(_GROUPS % ",")
_GROUPED_BY_SPACE = re.compile(_GROUPS % " ")

Number = Decimal | int | str


class NotANumber(ValueError):
    """The text is no number; the message is a Vietnamese sentence."""


class AmbiguousNumber(NotANumber):
    """The text can be read as two numbers.

    Attributes: ``readings``, the two values, the one with thousands first.
    """

    def __init__(self, text: str, thousands: Decimal, fraction: Decimal) -> None:
        self.readings = (thousands, fraction)
        super().__init__(
            f"“{text}” đọc được hai cách: {format_number(thousands)} hoặc {format_number(fraction)}. "
            f"Viết {thousands} nếu là số nguyên, {str(fraction).replace('.', ',')}0 nếu là số thập phân."
        )


class NotADate(ValueError):
    """The text is no day of the calendar; the message is a Vietnamese sentence."""


def slug(text: str) -> str:
    """Return the part of an address made from ``text`` ("Sở Nội vụ" → "so-noi-vu")."""
    return slugify(fold(text))


def _digits(value: Number, decimals: int | None) -> tuple[bool, str, str]:
    """Split ``value`` into (negative, whole digits, fraction digits); ``decimals`` pads, and never cuts a digit off."""
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value!r}")
    whole, _, fraction = f"{abs(number):f}".partition(".")
    if decimals is not None:
        kept, rest = fraction[:decimals], fraction[decimals:]
        fraction = kept.ljust(decimals, "0") + rest.rstrip("0")
    return number.is_signed() and number != 0, whole.lstrip("0") or "0", fraction


def format_number(value: Number, decimals: int | None = None) -> str:
    """Print ``value`` the Vietnamese way: "1234.5" → "1.234,5", with a real minus.

    ``value`` is exact (str, int, Decimal). Without ``decimals`` the digits given are the digits printed; with it the
    fraction has at least that many digits. Nothing is ever rounded here: rounding is the engine's business.
    """
    negative, whole, fraction = _digits(value, decimals)
    grouped = f"{int(whole):,}".replace(",", ".")
    return (MINUS if negative else "") + grouped + ("," + fraction if fraction else "")


def format_points(value: Number) -> str:
    """Print points with two decimals, or with more where there are more ("9.5" → "9,50", "8.135" → "8,135")."""
    return format_number(value, 2)


def show_points(value: Number) -> str:
    """Print points for a screen of the workspace: two decimals, half up ("1.333333" → "1,33").

    Files, publications and the steps of a derivation print exactly (`format_points`); what counts is never taken from
    here (docs/decisions/014).
    """
    return format_number(Decimal(value).quantize(_CENT, rounding=ROUND_HALF_UP), 2)


def exact_points(value: Number) -> str:
    """Points with all their digits where `show_points` shows fewer ("1.333333" → "1,333333"), else ""."""
    number = Decimal(value)
    return "" if number == number.quantize(_CENT, rounding=ROUND_HALF_UP) else format_points(number)


def show_size(value: Number) -> str:
    """Print the size of a difference of points for a screen: "0,34", and "dưới 0,01" rather than nought."""
    size = abs(Decimal(value))
    return "dưới 0,01" if 0 < size < _CENT / 2 else show_points(size)


def format_signed(value: Number, decimals: int | None = 2) -> str:
    """Print a difference with its sign: "+1,24", "−0,74"; nought has none."""
    text = format_number(value, decimals)
    return text if text.startswith(MINUS) or Decimal(value) == 0 else f"+{text}"


def format_percent(value: Number, decimals: int | None = None) -> str:
    """Print a percentage with a no-break space before the sign ("97,41 %")."""
    return f"{format_number(value, decimals)}{NO_BREAK_SPACE}%"


def format_date(value: date | str) -> str:
    """Print a day as dd/mm/yyyy; ``value`` is a date, or an ISO string."""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%d/%m/}{value.year:04d}"


def format_clock(value: datetime, now: datetime) -> str:
    """Print a moment of today by its hour alone ("14:03"), any other with its day; both are aware."""
    is_today = timezone.localtime(value).date() == timezone.localtime(now).date()
    return f"{timezone.localtime(value):%H:%M}" if is_today else format_datetime(value)


def format_datetime(value: datetime | str) -> str:
    """Print a moment in the portal's time zone: "14:03 ngày 09/01/2027"."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%H:%M} ngày {format_date(value)}"


def format_moment(value: datetime | str) -> str:
    """Print a moment to the second, for what a deadline depends on: "23:59:58 ngày 10/01/2027"."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    local = timezone.localtime(value)
    return f"{local:%H:%M:%S} ngày {format_date(local)}"


def format_deadline(value: datetime | str) -> str:
    """Print a moment at which something ends: midnight is the end of the day before ("24:00 ngày 10/01/2027")."""
    day, hour = end_of(datetime.fromisoformat(value) if isinstance(value, str) else value)
    return f"{hour} ngày {format_date(day)}"


def end_of(value: datetime) -> tuple[date, str]:
    """The day and the hour ("17:00", "24:00") by which an end is known, in the portal's time zone."""
    local = timezone.localtime(value)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return local.date() - timedelta(days=1), "24:00"
    return local.date(), f"{local:%H:%M}"


def parse_number(text: str) -> Decimal:
    """Read a number as people in Vietnam type it, exactly.

    "1.234,5", "1234,5", "1234.5", "1 234,5" are one number. "1.234" is refused with both readings, because a point
    before three digits is a thousands mark in a letter and a decimal point in a spreadsheet; "0.234" and "1.2345" can
    only be decimals, "1.234.567" only thousands.

    Raises `AmbiguousNumber` (a `NotANumber`) or `NotANumber`; both messages are Vietnamese sentences.
    """
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    refusal = NotANumber(f"“{shown}” không phải là số. Viết như 12,5 hoặc 1.234,5.")
    body = text.strip()
    negative = body[:1] in ("-", MINUS)
    body = _SPACES.sub(" ", body[1:] if body[:1] in ("-", "+", MINUS) else body).strip()
    if not body or not body.isascii() or not set(body) <= set("0123456789., "):
        raise refusal
    plain = _plain(body)
    if plain is None:
        raise refusal
    _refuse_long(plain, shown)
    sign = -1 if negative else 1
    if _GROUPED_BY_POINT.fullmatch(body) and body.count(".") == 1 and not body.startswith("0"):
        raise AmbiguousNumber(shown, sign * Decimal(body.replace(".", "")), sign * Decimal(body))
    try:
        return sign * Decimal(plain)
    except InvalidOperation:
        raise refusal from None


def _refuse_long(plain: str, shown: str) -> None:
    """Raise `NotANumber` where there are more digits than a number of the portal has."""
    whole, _, fraction = plain.partition(".")
    if len(fraction) > MOST_DECIMALS:
        raise NotANumber(f"“{shown}” quá dài: ghi nhiều nhất {MOST_DECIMALS} chữ số sau dấu phẩy.")
    if len(whole) > MOST_WHOLE_DIGITS:
        raise NotANumber(f"“{shown}” quá dài: ghi nhiều nhất {MOST_WHOLE_DIGITS} chữ số trước dấu phẩy.")


def _plain(body: str) -> str | None:
    """Return ``body`` (digits, points, commas, spaces) with a decimal point only, or None when it is no number."""
    if " " in body:
        whole, mark, fraction = body.partition("," if "," in body else ".")
        if not _GROUPED_BY_SPACE.fullmatch(whole):
            return None
        body = whole.replace(" ", "") + mark + fraction
    points, commas = body.count("."), body.count(",")
    if points and commas:
        thousands, decimal = (".", ",") if body.rindex(",") > body.rindex(".") else (",", ".")
        whole, _, fraction = body.partition(decimal)
        grouped = _GROUPED_BY_POINT if thousands == "." else _GROUPED_BY_COMMA
        body = whole.replace(thousands, "") + "." + fraction if grouped.fullmatch(whole) else ""
    elif commas == 1:
        body = body.replace(",", ".")
    elif points > 1 and _GROUPED_BY_POINT.fullmatch(body):
        body = body.replace(".", "")
    return body if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", body) else None


def parse_date(text: str) -> date:
    """Read a day written dd/mm/yyyy or in ISO form.

    Raises `NotADate` with a Vietnamese sentence for anything else, 31/02/2025 included.
    """
    body = text.strip()
    if match := _ISO_DATE.fullmatch(body):
        year, month, day = map(int, match.groups())
    elif match := _VIETNAMESE_DATE.fullmatch(body):
        day, month, year = map(int, match.groups())
    else:
        raise NotADate(f"“{body[:40]}” không phải là ngày. Viết ngày/tháng/năm, như 25/12/2025.")
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADate(f"Không có ngày “{body[:40]}” trong lịch. Viết ngày/tháng/năm, như 25/12/2025.") from None

"""Template filters for Vietnamese figures and dates. ``None`` prints as nothing: templates say what is missing."""

from datetime import date, datetime

from django import template

from units import vietnamese
from units.vietnamese import Number

register = template.Library()


@register.filter
def vn_number(value: Number | None, decimals: int | None = None) -> str:
    """{{ "1234.5"|vn_number }} → 1.234,5; {{ "9.5"|vn_number:2 }} → 9,50."""
    return "" if value in (None, "") else vietnamese.format_number(value, decimals)


@register.filter
def vn_points(value: Number | None) -> str:
    """{{ "9.5"|vn_points }} → 9,50."""
    return "" if value in (None, "") else vietnamese.format_points(value)


@register.filter
def shown_points(value: Number | None) -> str:
    """{{ "1.333333"|shown_points }} → 1,33; points on a screen of the workspace, rounded for the eye."""
    return "" if value in (None, "") else vietnamese.show_points(value)


@register.filter
def exact_points(value: Number | None) -> str:
    """{{ "1.333333"|exact_points }} → 1,333333; nothing where two decimals show it all."""
    return "" if value in (None, "") else vietnamese.exact_points(value)


@register.filter
def vn_percent(value: Number | None) -> str:
    """{{ "97.41"|vn_percent }} → 97,41 % (no-break space)."""
    return "" if value in (None, "") else vietnamese.format_percent(value)


@register.filter
def vn_signed(value: Number | None) -> str:
    """{{ "1.69"|vn_signed }} → +1,69."""
    return "" if value in (None, "") else vietnamese.format_signed(value)


@register.filter
def vn_date(value: date | str | None) -> str:
    """{{ "2026-02-12"|vn_date }} → 12/02/2026."""
    return "" if value in (None, "") else vietnamese.format_date(value)


@register.filter
def vn_datetime(value: datetime | str | None) -> str:
    """{{ moment|vn_datetime }} → 14:03 ngày 09/01/2027."""
    return "" if value in (None, "") else vietnamese.format_datetime(value)


@register.filter
def vn_deadline(value: datetime | str | None) -> str:
    """{{ end|vn_deadline }} → 24:00 ngày 10/01/2027; for moments at which something ends."""
    return "" if value in (None, "") else vietnamese.format_deadline(value)


@register.filter
def vn_moment(value: datetime | str | None) -> str:
    """{{ moment|vn_moment }} → 23:59:58 ngày 10/01/2027."""
    return "" if value in (None, "") else vietnamese.format_moment(value)


@register.filter
def vn_size(value: int | None) -> str:
    """{{ 86016|vn_size }} → 84 KB; sizes of files, rounded up so that a file never looks empty."""
    if value in (None, ""):
        return ""
    if value < 1024 * 1024:
        return f"{vietnamese.format_number(-(-value // 1024))}{vietnamese.NO_BREAK_SPACE}KB"
    tenths = -(-value * 10 // (1024 * 1024))
    return f"{vietnamese.format_number(f'{tenths // 10}.{tenths % 10}')}{vietnamese.NO_BREAK_SPACE}MB"

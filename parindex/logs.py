"""How the portal writes its log: one line an event, whatever names and addresses hold (case T69)."""

from __future__ import annotations

import logging

# What ends a line, or steers a terminal, for one reader or another; written as Python writes it in a string.
_ESCAPED = {
    sign: repr(chr(sign))[1:-1] for sign in (*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029) if sign != 0x09
}


class OneLine(logging.Formatter):
    """Line ends and control signs in a message are shown, not obeyed: nobody writes a second line into the log.

    A traceback follows on lines of its own, indented, so that none of them can pass for an event.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).translate(_ESCAPED)

    def formatException(self, ei: object) -> str:
        text = super().formatException(ei)  # type: ignore[arg-type]
        return "\n".join(f"    {line.translate(_ESCAPED)}" for line in text.split("\n"))

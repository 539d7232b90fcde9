"""Charts as data: positions in percent for the SVG templates in `templates/components/charts/`.

X positions are percentages of the chart's width (strings like "77.88"), y positions pixels, so that a chart stretches
without a script and its text keeps its size. Positions are for the eye: they are cut to two decimals here, while every
figure printed beside a chart comes from the dataset unchanged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from scoring.charts import HUNDRED, Ruler, Scale, position
from units.vietnamese import format_number

# Labels of a scale that stand nearer than this (percent of the width) would run into each other.
_LABEL_ROOM = Decimal(6)


@dataclass(frozen=True)
class Mark:
    """A label under or over a scale: ``at`` percent, ``anchor`` of SVG text, ``label`` as printed."""

    at: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Rail:
    """One group in a strip: a tick a unit. ``top``, ``bottom``…: pixels; ``own``: the unit looked at, or None."""

    title: str
    note: str
    ticks: tuple[str, ...]
    mean: str | None
    own: str | None
    own_label: str
    own_anchor: str
    text_y: int
    top: int
    height: int

    @property
    def tick_top(self) -> int:
        return self.top + 5

    @property
    def tick_bottom(self) -> int:
        return self.top + self.height - 5

    @property
    def middle(self) -> int:
        return self.top + self.height // 2

    @property
    def bottom(self) -> int:
        return self.top + self.height


@dataclass(frozen=True)
class Strip:
    """Distribution of units on one scale, a rail a group, class thresholds dashed."""

    rails: tuple[Rail, ...]
    thresholds: tuple[str, ...]
    scale: tuple[Mark, ...]
    classes: tuple[Mark, ...]
    top: int
    bottom: int
    height: int
    title: str = ""
    description: str = ""
    legend: str = ""

    @property
    def legend_y(self) -> int:
        return self.height - 12

    @property
    def scale_y(self) -> int:
        return self.bottom + 16

    @property
    def classes_y(self) -> int:
        return self.bottom + 34


@dataclass(frozen=True)
class TrendPoint:
    """One year of a trend: position, the label over it, and whether it is the last."""

    x: str
    y: str
    year: int
    label: str
    label_y: str
    is_last: bool


@dataclass(frozen=True)
class Segment:
    """A line between two years that may be compared."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Break:
    """A grey band with two strokes between two years that may not be compared."""

    x: str
    width: str
    stroke_1: str
    stroke_2: str


@dataclass(frozen=True)
class Trend:
    """A unit's index over the years, with its group's mean; lines never cross a break.

    `years`: (x, year) along the foot. `others`: (x, y) of units that went into it, each with lines of its own only.
    """

    points: tuple[TrendPoint, ...]
    own: tuple[Segment, ...]
    mean: tuple[Segment, ...]
    breaks: tuple[Break, ...]
    levels: tuple[tuple[str, str], ...]
    years: tuple[tuple[str, int], ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    other_lines: tuple[Segment, ...] = ()
    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class Year:
    """What a trend needs of one year: exact strings; ``comparable`` with the year before it."""

    year: int
    index: str | None
    mean: str | None
    comparable: bool


@dataclass(frozen=True)
class StripGroup:
    """What a strip needs of one group: exact indices; ``own`` the index of the unit looked at."""

    title: str
    note: str
    indices: Sequence[str]
    mean: str | None
    own: str | None = None
    own_name: str = ""


@dataclass(frozen=True)
class GradeLine:
    """A class on the scale: ``label``, and ``threshold`` it begins at (None for the lowest class)."""

    label: str
    threshold: str | None


def ruler(value: str | None, thresholds: Iterable[str] = (), mean: str | None = None) -> Ruler:
    """Return the ruler of an index ``value`` (exact string, None when none was published)."""
    scale = Scale(Decimal(0), HUNDRED)
    return Ruler(
        fill=None if value is None else scale.at(value),
        notches=tuple(scale.at(at) for at in thresholds),
        mean=None if mean is None else scale.at(mean),
    )


def axis(thresholds: Sequence[str]) -> tuple[Mark, ...]:
    """Return the labels over a column of rulers: 0, the thresholds, 100."""
    inner = [(Decimal(at), at) for at in thresholds if 0 < Decimal(at) < HUNDRED]
    return _spread([(Decimal(0), "0"), *sorted(inner), (HUNDRED, "100")], Scale(Decimal(0), HUNDRED), Decimal(14))


def _spread(marks: Sequence[tuple[Decimal, str]], scale: Scale, room: Decimal = _LABEL_ROOM) -> tuple[Mark, ...]:
    """Place labels; the first and last always stand, one that would touch its neighbour is left out."""
    placed: list[Mark] = []
    last = Decimal(scale.at(marks[-1][0]))
    for place, (value, text) in enumerate(marks):
        at = Decimal(scale.at(value))
        is_end = place in (0, len(marks) - 1)
        if not is_end and (at - Decimal(placed[-1].at) < room or last - at < room):
            continue
        anchor = "start" if at == 0 else "end" if at == HUNDRED else "middle"
        placed.append(Mark(str(at), format_number(text), anchor))
    return tuple(placed)


def _scale_for(values: Iterable[str]) -> Scale:
    """Return the scale of a strip: whole tens around all values, from 50 to 100 where they fit in."""
    numbers = [Decimal(value) for value in values]
    low = min([Decimal(50), *numbers])
    high = max([HUNDRED, *numbers])
    return Scale((low / 10).to_integral_value(ROUND_FLOOR) * 10, (high / 10).to_integral_value(ROUND_CEILING) * 10)


def strip(
    groups: Sequence[StripGroup],
    grades: Sequence[GradeLine] = (),
    title: str = "",
    description: str = "",
    legend: str = "",
) -> Strip:
    """Return the distribution strip of one or more groups.

    ``grades`` run from best to worst; without them (thresholds unknown) no class line is drawn.
    """
    scale = _scale_for([value for group in groups for value in group.indices])
    alone = len(groups) == 1
    rails = []
    for place, group in enumerate(groups):
        top, height = (30, 48) if alone else (24 + 82 * place, 34)
        rails.append(_rail(group, scale, top, height, text_y=14 + 82 * place))
    limits = [(Decimal(grade.threshold), grade.threshold) for grade in grades if grade.threshold is not None]
    inside = sorted(limit for limit in limits if scale.low < limit[0] < scale.high)
    bottom = rails[-1].bottom + (0 if alone else 8)
    return Strip(
        rails=tuple(rails),
        thresholds=tuple(scale.at(value) for value, _ in inside),
        scale=_spread([(scale.low, str(scale.low)), *inside, (scale.high, str(scale.high))], scale),
        classes=_class_marks(grades, scale),
        top=rails[0].top,
        bottom=bottom,
        height=bottom + (42 if grades else 22) + (30 if legend else 0),
        title=title,
        description=description,
        legend=legend,
    )


def _rail(group: StripGroup, scale: Scale, top: int, height: int, text_y: int) -> Rail:
    own = None if group.own is None else scale.at(group.own)
    anchor = "middle"
    if own is not None:
        anchor = "start" if Decimal(own) < 20 else "end" if Decimal(own) > 80 else "middle"
    return Rail(
        title=group.title,
        note=group.note,
        ticks=tuple(scale.at(value) for value in group.indices),
        mean=None if group.mean is None else scale.at(group.mean),
        own=own,
        own_label=group.own_name,
        own_anchor=anchor,
        text_y=text_y,
        top=top,
        height=height,
    )


def _class_marks(grades: Sequence[GradeLine], scale: Scale) -> tuple[Mark, ...]:
    """Name each class in the middle of its stretch, where the stretch has room for the word."""
    marks, upper = [], scale.high
    for grade in grades:
        lower = scale.low if grade.threshold is None else max(Decimal(grade.threshold), scale.low)
        left, right = Decimal(scale.at(lower)), Decimal(scale.at(upper))
        if right - left >= Decimal(2 * len(grade.label)):
            marks.append(Mark(position((left + right) / 2), grade.label))
        upper = min(lower, upper)
    return tuple(marks)


@dataclass
class _Plot:
    """The frame of a trend: years from left to right, values from bottom to top (pixels 8 to 168)."""

    axis: Sequence[int]
    values: Sequence[str]
    low: Decimal = field(init=False)
    high: Decimal = field(init=False)

    def __post_init__(self) -> None:
        values = [Decimal(value) for value in self.values]
        step = Decimal(5)
        self.low = (min(values) / step).to_integral_value(ROUND_FLOOR) * step
        self.high = (max(values) / step).to_integral_value(ROUND_CEILING) * step
        if self.high == self.low:
            self.high += step

    def x(self, year: int) -> Decimal:
        place, span = self.axis.index(year), max(len(self.axis) - 1, 1)
        return Decimal(12) + Decimal(82) * place / span if len(self.axis) > 1 else Decimal(53)

    def y(self, value: str | Decimal) -> Decimal:
        return Decimal(160) - (Decimal(value) - self.low) / (self.high - self.low) * Decimal(130)

    def at(self, year: int, value: str) -> tuple[str, str]:
        return position(self.x(year)), position(self.y(value))

    def gap(self, year: int) -> Break:
        """The band between a year and the one before it on the axis."""
        before = self.axis[self.axis.index(year) - 1]
        middle = (self.x(before) + self.x(year)) / 2
        half = min((self.x(year) - self.x(before)) / 4, Decimal("4.5"))
        return Break(
            position(middle - half),
            position(half * 2),
            position(middle - Decimal("0.7")),
            position(middle + Decimal("0.7")),
        )

    def levels(self) -> tuple[tuple[str, str], ...]:
        step = Decimal(5) if self.high - self.low <= 25 else Decimal(10)
        count = int((self.high - self.low) / step)
        values = [self.low + step * place for place in range(count + 1)]
        return tuple((position(self.y(value)), format_number(value)) for value in values)


def trend(
    years: Sequence[Year], title: str = "", description: str = "", before: Sequence[Sequence[Year]] = ()
) -> Trend | None:
    """Return the trend of a unit, or None when fewer than two years have an index, its own or of those before it.

    Years come oldest first. A line joins two years that follow each other and may be compared; where they may not, a
    break stands between them, and a year that is missing leaves a gap. `before` are the units that went into this one:
    each has its own points and lines, and a break stands between its last year and the next of the unit.
    """
    known = _known(years)
    others = [line for line in (_known(line) for line in before) if line]
    axis = sorted({year.year for line in [known, *others] for year in line})
    if len(axis) < 2:
        return None
    values = [str(value) for line in others for year in line for value in [year.index]]
    values += [value for year in known for value in (year.index, year.mean) if value is not None]
    plot = _Plot(axis, values)
    return Trend(
        points=tuple(_point(plot, year, is_last=year is known[-1]) for year in known),
        own=_lines(plot, known),
        mean=_lines(plot, known, of_mean=True),
        breaks=tuple(plot.gap(year) for year in sorted(_broken(known, others))),
        levels=plot.levels(),
        years=tuple((position(plot.x(year)), year) for year in axis),
        others=tuple(plot.at(year.year, str(year.index)) for line in others for year in line),
        other_lines=tuple(segment for line in others for segment in _lines(plot, line)),
        title=title,
        description=description,
    )


def _known(years: Sequence[Year]) -> list[Year]:
    return [year for year in years if year.index is not None]


def _point(plot: _Plot, year: Year, *, is_last: bool) -> TrendPoint:
    value = str(year.index)
    x, y = plot.at(year.year, value)
    return TrendPoint(x, y, year.year, format_number(value), position(plot.y(value) - 12), is_last)


def _lines(plot: _Plot, years: Sequence[Year], *, of_mean: bool = False) -> tuple[Segment, ...]:
    """What joins years that follow each other and may be compared."""
    found = []
    for before, year in pairwise(years):
        start, end = (before.mean, year.mean) if of_mean else (before.index, year.index)
        if year.comparable and year.year == before.year + 1 and start is not None and end is not None:
            found.append(Segment(*plot.at(before.year, start), *plot.at(year.year, end)))
    return tuple(found)


def _broken(known: Sequence[Year], others: Sequence[Sequence[Year]]) -> set[int]:
    """The years before which a break stands."""
    found = {year.year for year in known[1:] if not year.comparable}
    for line in others:
        found.update([year.year for year in known if year.year > line[-1].year][:1])
    return found

"""The methodology page: the policy of a campaign in plain sentences, one rule a paragraph."""

from typing import Any

from reports.rendering.sentences import count_word
from units.vietnamese import format_number

Json = dict[str, Any]

_EXCLUSION = {
    "own_maximum": (
        "Nội dung không áp dụng với một đơn vị được trừ khỏi điểm tối đa của đơn vị đó. Chỉ số bằng điểm đạt được chia "
        "cho điểm tối đa của riêng đơn vị, nhân 100. Vì vậy đơn vị ít điểm hơn vẫn có thể đứng trên."
    ),
    "rescale_self": (
        "Nội dung không áp dụng chỉ được trừ trong phần tự đánh giá và thẩm định. Tỷ lệ đạt của phần còn lại được quy "
        "về điểm tối đa ban đầu, rồi cộng với điểm điều tra và điểm do cơ quan chủ trì nhập."
    ),
    "full_marks": "Nội dung không phát sinh ở một đơn vị được tính điểm tối đa.",
}
_WEIGHTING = {
    "points": "Điểm tối đa của mỗi lĩnh vực là trọng số của lĩnh vực đó; không nhân thêm hệ số nào.",
    "weights": "Chỉ số của đơn vị là bình quân chỉ số các lĩnh vực theo trọng số đã định của bộ tiêu chí.",
}
_ROUNDING = {
    "half_up": "từ 5 trở lên làm tròn lên",
    "half_even": "đúng giữa hai số thì lấy số chẵn",
    "down": "phần sau bị cắt bỏ, không làm tròn lên",
}
_RANK_ON = {
    "published": "So hạng theo chỉ số đã làm tròn như công bố.",
    "exact": "So hạng theo chỉ số chính xác, trước khi làm tròn.",
}
_RANKING = {
    "competition": "Các đơn vị bằng nhau cùng hạng và các hạng kế tiếp bị bỏ trống: 1, 2, 2, 4.",
    "dense": "Các đơn vị bằng nhau cùng hạng và hạng kế tiếp liền sau: 1, 2, 2, 3.",
}
_MEAN_OF = {
    "published": "Trung bình khối tính từ các chỉ số đã công bố, mỗi đơn vị một phần như nhau.",
    "exact": "Trung bình khối tính từ các chỉ số chính xác, mỗi đơn vị một phần như nhau.",
}
_GRADE_ON = {
    "published": "Xếp loại theo chỉ số đã làm tròn như công bố",
    "exact": "Xếp loại theo chỉ số chính xác, trước khi làm tròn",
    "points": "Xếp loại theo tổng điểm của đơn vị, không theo tỷ lệ",
}


def rules(dataset: Json) -> list[Json]:
    """Return the rules of the year: [{title, text}], in the order in which they are applied."""
    policy = dataset["campaign"]["policy"]
    return [
        {"title": "Chỉ số", "text": _WEIGHTING[policy["weighting"]]},
        {"title": "Nội dung không áp dụng", "text": _EXCLUSION[policy["exclusion"]]},
        {"title": "Làm tròn", "text": rounding(policy)},
        {"title": "Điểm thưởng, tổng trên 100", "text": _cap(policy)},
        {"title": "Xếp hạng", "text": f"{_RANK_ON[policy['rank_on']]} {_RANKING[policy['ranking']]}"},
        {"title": "Trung bình", "text": _MEAN_OF[policy["mean_of"]]},
        {
            "title": "Đơn vị không xếp hạng",
            "text": (
                "Đơn vị mới thành lập hoặc có lý do riêng vẫn có chỉ số nhưng không tính vào thứ hạng, trung bình, "
                "cao nhất, thấp nhất. Lý do ghi cạnh tên đơn vị."
            ),
        },
        {"title": "Xếp loại", "text": grading(dataset)},
    ]


def rounding(policy: Json) -> str:
    """Say how many decimals are published and how they are reached."""
    text = f"Tính bằng số chính xác, chỉ làm tròn một lần ở cuối: chỉ số {published_digits(policy)}."
    if policy["leaf_decimals"] is not None:
        text += f" Điểm từng tiêu chí lấy {policy['leaf_decimals']} chữ số trước khi cộng."
    return text


def published_digits(policy: Json) -> str:
    """Say it as half a sentence: "lấy 2 chữ số sau dấu phẩy, từ 5 trở lên làm tròn lên"."""
    decimals = int(policy["decimals"])
    digits = "số nguyên" if decimals == 0 else f"{decimals} chữ số sau dấu phẩy"
    return f"lấy {digits}, {_ROUNDING[policy['rounding']]}"


def _cap(policy: Json) -> str:
    if policy["cap_index"]:
        return "Chỉ số cao nhất là 100; điểm thưởng không đưa chỉ số vượt mức này."
    return "Điểm thưởng cộng vào tổng điểm mà không làm tăng điểm tối đa, nên chỉ số có thể lớn hơn 100."


def grading(dataset: Json) -> str:
    """Say where each class begins, or that the source does not tell."""
    if not dataset["grades"]:
        return "Năm này không xếp loại."
    if not dataset["grades_known"]:
        return "Nguồn không nêu ngưỡng xếp loại, nên xếp loại chỉ ghi như bản công bố đã in."
    policy = dataset["campaign"]["policy"]
    unit = " điểm" if policy["grade_on"] == "points" else ""
    parts = [_threshold(grade, unit) for grade in dataset["grades"]]
    return f"{_GRADE_ON[policy['grade_on']]}. {count_word(len(parts))} loại: {'; '.join(parts)}."


def _threshold(grade: Json, unit: str) -> str:
    if grade["above"] is not None:
        return f"{grade['label']} trên {format_number(grade['above'])}{unit}"
    if grade["at_least"] is not None:
        return f"{grade['label']} từ {format_number(grade['at_least'])}{unit}"
    return f"{grade['label']} là mức còn lại"

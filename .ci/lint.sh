#!/usr/bin/env bash
# Every check of the source that needs no running test. Runs them all, then says which failed.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1
bash deploy/bootstrap.sh dev || exit 1

failed=()
check() { # check NAME COMMAND…
    local name=$1 log
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        printf '  ✓ %s\n' "$name"
    else
        printf '  ✗ %s\n' "$name"
        sed 's/^/      /' "$log"
        failed+=("$name")
    fi
    rm -f "$log"
}

python=.venv/bin/python
PARINDEX_VAR=$(mktemp -d)
trap 'rm -rf "$PARINDEX_VAR"' EXIT
export PARINDEX_VAR DJANGO_SETTINGS_MODULE=parindex.settings_test
check "ruff: lỗi và cách viết" "$python" -m ruff check .
check "ruff: trình bày" "$python" -m ruff format --check .
check "import-linter: hướng gọi giữa các phòng" "$python" -c 'from importlinter.cli import lint_imports_command as run; run()'
check "mypy: kiểu dữ liệu" "$python" -m mypy
check "djlint: mẫu trang" "$python" -m djlint --lint --quiet templates
check "django: không thiếu migration" "$python" manage.py makemigrations --check --dry-run
check "django: cấu hình" "$python" manage.py check --fail-level WARNING

if [ "${#failed[@]}" -gt 0 ]; then
    echo "Chưa đạt: $(printf '%s; ' "${failed[@]}" | sed 's/; $//')"
    exit 1
fi

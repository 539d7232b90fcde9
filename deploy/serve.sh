#!/usr/bin/env bash
# Starts the whole portal on this machine for trying out: libraries, database, demo data, job worker, web server.
#
#   deploy/serve.sh [HOST] [PORT]
#
# Ctrl+C (or TERM) stops the web server and the worker together; if one of them dies the other is stopped too.
# Production does not come this way: see deploy/README.md.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

HOST=${1:-127.0.0.1}
PORT=${2:-8000}
PYTHON=.venv/bin/python
WAIT_FOR_START=60 # seconds
WAIT_FOR_STOP=35  # seconds; the web server gives its workers 30

stop() { printf '\n✗ %s\n' "$*" >&2; exit 1; }

case "$PORT" in
    '' | *[!0-9]*) stop "PORT phải là một số từ 1 đến 65535, đang là “$PORT”." ;;
esac
if [ "${#PORT}" -gt 5 ] || [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65535 ]; then
    stop "PORT phải là một số từ 1 đến 65535, đang là “$PORT”."
fi
[ "${PARINDEX_MODE:-demo}" = demo ] ||
    stop "make run chỉ mở bản dùng thử. Máy chủ chính thức chạy theo hướng dẫn trong deploy/README.md."

case "$HOST" in
    *:*) address="http://[$HOST]:$PORT" ;;
    *) address="http://$HOST:$PORT" ;;
esac
# What slips, letters and reminders print, of the demo data too.
export SITE_URL="${SITE_URL:-$address}"

STEPS=5 bash deploy/bootstrap.sh runtime

"$PYTHON" deploy/port_is_free.py "$HOST" "$PORT" || exit 1

echo "[3/5] Chuẩn bị cơ sở dữ liệu…"
"$PYTHON" manage.py migrate --noinput --verbosity 0
"$PYTHON" manage.py collectstatic --noinput --verbosity 0

echo "[4/5] Nạp dữ liệu minh họa… (lần đầu từ 1 đến 2 phút)"
# The command tells its progress, then, after an empty line, the logins: those are kept for the end, where people look.
logins=$(mktemp)
trap 'rm -f "$logins"' EXIT
tell_progress() {
    local line ahead=yes
    while IFS= read -r line; do
        [ -n "$line" ] || ahead=""
        if [ -n "$ahead" ]; then printf '      %s\n' "$line"; else printf '%s\n' "$line" >>"$logins"; fi
    done
}
"$PYTHON" -u manage.py demo | tell_progress

echo "[5/5] Khởi động cổng…"
# No worker runs yet: a job still marked as running was cut off. The index of public pages is made anew from the
# database, in case the portal was stopped between a release and its index.
"$PYTHON" manage.py resume_jobs --minutes 0 >/dev/null
"$PYTHON" manage.py sync_public >/dev/null
worker="" web=""

stop_all() {
    trap '' INT TERM HUP
    local pids=() pid waited=0
    for pid in $web $worker; do kill -TERM "$pid" 2>/dev/null && pids+=("$pid"); done
    while [ "$waited" -lt $((WAIT_FOR_STOP * 5)) ]; do
        local alive=""
        for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null && alive=1; done
        [ -n "$alive" ] || return 0
        sleep 0.2
        waited=$((waited + 1))
    done
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
}
trap 'echo; echo "Đang dừng cổng…"; stop_all; echo "Đã dừng."; exit 0' INT TERM HUP
trap 'stop_all; rm -f "$logins"' EXIT

# setsid: Ctrl+C in the terminal reaches this script alone, which then stops both in an orderly way, once.
setsid "$PYTHON" manage.py db_worker --queue-name '*' --no-startup-delay </dev/null &
worker=$!
# Many threads take requests in, two of each process answer them (parindex/receiving.py); granian warns of so many.
setsid "$PYTHON" -m granian --interface wsgi --host "$HOST" --port "$PORT" --workers 2 --blocking-threads 160 \
    --respawn-failed-workers --workers-kill-timeout 30 --no-ws --log-level error parindex.wsgi:application </dev/null &
web=$!

"$PYTHON" deploy/wait_for_portal.py "$HOST" "$PORT" "$WAIT_FOR_START" "$web" ||
    stop "Cổng không khởi động được; nguyên nhân ở các dòng phía trên."

cat "$logins"
echo
echo "Cổng đã mở: $address/"
echo "Trang công khai của tỉnh minh họa: $address/quang-ngai/"
echo "Nhấn Ctrl+C để dừng."

wait -n "$web" "$worker" || true
stop "Một tiến trình của cổng đã tự dừng; nguyên nhân ở các dòng phía trên. Chạy lại: make run"

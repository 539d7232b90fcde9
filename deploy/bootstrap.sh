#!/usr/bin/env bash
# Makes .venv and fills it with the pinned libraries. The second call is instant and needs no network.
#
#   deploy/bootstrap.sh runtime    what the portal needs        (requirements.txt)
#   deploy/bootstrap.sh dev        that and the test tools      (requirements-dev.txt)
#   deploy/bootstrap.sh chromium   the browser of the browser tests; prints its path
#
# Missing Debian packages are installed where that is allowed (root, or sudo without a password); otherwise the one
# command to type is named and nothing is half done.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

NEWEST_TRIED=14
OLDEST_GOOD=11

say() { printf '%s\n' "$*" >&2; }
stop() { say "" "✗ $*"; exit 1; }

# --- Debian packages ---------------------------------------------------------------------------------------------
may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

apt_command() { # the line a person can type
    if [ "$(id -u)" = 0 ]; then say "    apt-get install -y $*"; else say "    sudo apt-get install -y $*"; fi
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

apt_refresh() { # once per call of this script, and only when something is missing
    [ -n "${APT_FRESH:-}" ] && return
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1 || true
    APT_FRESH=1
}

apt_install() {
    apt_refresh
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

apt_offers() { apt-cache show "$1" >/dev/null 2>&1; }

# --- Python and the virtual environment --------------------------------------------------------------------------
good_python() { # good_python NAME: NAME exists and is new enough
    command -v "$1" >/dev/null && "$1" -c "import sys; sys.exit(sys.version_info < (3, $OLDEST_GOOD))" 2>/dev/null
}

can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

find_python() { # sets PYTHON to the first good one, preferring one that can already make a virtual environment
    local name minor found=""
    local names=(python3)
    for minor in $(seq "$OLDEST_GOOD" "$NEWEST_TRIED"); do names+=("python3.$minor"); done
    for name in "${names[@]}"; do
        good_python "$name" || continue
        [ -n "$found" ] || found=$name
        if can_make_venv "$name"; then found=$name; break; fi
    done
    PYTHON=$found
    [ -n "$found" ]
}

venv_packages() { # the Debian packages that give PYTHON (or any good Python) a working venv
    local minor
    if [ -n "${PYTHON:-}" ]; then
        minor=$("$PYTHON" -c 'import sys; print(sys.version_info[1])')
        echo "python3.$minor-venv"
        return
    fi
    for minor in $(seq "$OLDEST_GOOD" "$NEWEST_TRIED"); do
        if apt_offers "python3.$minor-venv"; then echo "python3.$minor python3.$minor-venv"; return; fi
    done
    echo "python3 python3-venv"
}

ensure_python() {
    if find_python && can_make_venv "$PYTHON"; then return; fi
    if may_install; then
        apt_refresh
        local packages
        packages=$(venv_packages)
        say "      Máy chưa có đủ Python, đang cài $packages…"
        # shellcheck disable=SC2086  # a list of package names
        apt_install $packages || true
        if find_python && can_make_venv "$PYTHON"; then return; fi
    fi
    say "" "✗ Cần Python 3.$OLDEST_GOOD trở lên có mô-đun venv. Hãy chạy lệnh sau rồi gọi lại make:"
    # shellcheck disable=SC2046
    apt_command $(venv_packages)
    exit 1
}

digest() { # digest FILE…: changes with the pinned libraries and with the Python below them
    { cat "$@"; .venv/bin/python -c 'import sys; print(sys.version)'; } | sha256sum | cut -d' ' -f1
}

stamped() { # stamped KIND FILE…
    local kind=$1
    shift
    [ -x .venv/bin/python ] && [ -f ".venv/.ready-$kind" ] && [ "$(cat ".venv/.ready-$kind")" = "$(digest "$@")" ] 2>/dev/null
}

ensure_venv() {
    if [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then return; fi
    ensure_python
    rm -rf .venv
    "$PYTHON" -m venv .venv || stop "Không tạo được .venv; kiểm tra chỗ trống trên đĩa và quyền ghi thư mục này."
}

install_libraries() { # install_libraries FILE
    local uv_pin index log
    log=$(mktemp)
    uv_pin=$(grep -m1 '^uv==' requirements-dev.txt)
    # uv is about ten times quicker than pip; where it cannot be had or does not reach the registry, pip does the work.
    if .venv/bin/python -m pip install --quiet --disable-pip-version-check "$uv_pin" >"$log" 2>&1; then
        index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
        if UV_LINK_MODE=copy UV_NATIVE_TLS=1 ${index:+env "UV_DEFAULT_INDEX=$index"} \
            .venv/bin/python -m uv pip install --quiet --python .venv/bin/python -r "$1" >>"$log" 2>&1; then
            rm -f "$log"
            return
        fi
    fi
    if .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1" >>"$log" 2>&1; then
        rm -f "$log"
        return
    fi
    grep -v '^WARNING' "$log" | tail -n 15 >&2
    rm -f "$log"
    stop "Không cài được thư viện. Kiểm tra kết nối tới kho PyPI (hoặc proxy trong pip.conf) rồi gọi lại make."
}

ensure_libraries() { # ensure_libraries runtime|dev
    local files=(requirements.txt)
    [ "$1" = dev ] && files+=(requirements-dev.txt)
    stamped "$1" "${files[@]}" && return
    say "[1/${STEPS:-2}] Chuẩn bị Python và môi trường riêng (.venv)…"
    ensure_venv
    if [ "$1" = dev ]; then
        say "[2/${STEPS:-2}] Cài thư viện và công cụ kiểm thử… (khoảng 1 phút)"
    else
        say "[2/${STEPS:-2}] Cài thư viện… (khoảng 1 phút)"
    fi
    install_libraries "${files[-1]}"
    digest "${files[@]}" >".venv/.ready-$1"
    [ "$1" = dev ] && digest requirements.txt >.venv/.ready-runtime
    return 0
}

# --- Chromium ----------------------------------------------------------------------------------------------------
find_chromium() {
    local name
    for name in "${PARINDEX_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && command -v "$name"; then return; fi
    done
    return 1
}

chromium_package() { # Ubuntu has it under another name
    if apt_offers chromium || ! apt_offers chromium-browser; then echo chromium; else echo chromium-browser; fi
}

ensure_chromium() {
    find_chromium && return
    if may_install; then
        say "      Máy chưa có Chromium cho kiểm thử giao diện, đang cài… (khoảng 1 phút)"
        apt_refresh
        apt_install "$(chromium_package)" || true
        find_chromium && return
    fi
    say "! Không có Chromium: kiểm thử giao diện sẽ bị bỏ qua. Cài bằng lệnh:"
    apt_command "$(chromium_package)"
    return 1
}

case "${1:-}" in
    runtime | dev) ensure_libraries "$1" ;;
    chromium) ensure_chromium ;;
    *) stop "Cách gọi: deploy/bootstrap.sh runtime|dev|chromium" ;;
esac

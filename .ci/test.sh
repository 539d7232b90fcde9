#!/usr/bin/env bash
# Source checks, the engine by itself, then every other test on SQLite and on PostgreSQL. Everything runs even when
# something failed before, so that one call shows all there is to mend; the last lines are the test runner's own.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1

# What a person's shell happens to hold decides nothing here.
unset DATABASE_URL PARINDEX_MODE PARINDEX_VAR DJANGO_SETTINGS_MODULE PYTEST_ADDOPTS PYTHONDONTWRITEBYTECODE

bash deploy/bootstrap.sh dev || exit 1
PARINDEX_CHROMIUM=$(bash deploy/bootstrap.sh chromium) && export PARINDEX_CHROMIUM

python=.venv/bin/python
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=()

which_tests=(-m "not soak")
[ "${PARINDEX_SOAK:-}" = 1 ] && which_tests=(-m "soak or not soak")
# Three processes on two cores: a browser, a server or a disk is waited for all the time.
pytest=("$python" -m pytest -n 3 --dist worksteal -rs --no-fold-skipped "${which_tests[@]}")
engine=("${pytest[@]}" -c tests/engine/pytest.ini tests/engine)
# No line and no branch of the engine without a test; looked at in the soak, as measuring doubles the time.
[ "${PARINDEX_SOAK:-}" = 1 ] &&
  engine+=(-p pytest_cov --cov=scoring/engine --cov-branch --cov-report=term:skip-covered --cov-fail-under=100)
portal=("${pytest[@]}" --ignore=tests/engine)

echo "── Kiểm tra mã nguồn"
bash .ci/lint.sh || failed+=("kiểm tra mã nguồn")

echo "── Kiểm thử bộ tính, không có Django"
"${engine[@]}" 2>&1 | tee "$logs/engine"
[ "${PIPESTATUS[0]}" = 0 ] || failed+=("kiểm thử bộ tính")

echo "── Kiểm thử trên SQLite"
"${portal[@]}" 2>&1 | tee "$logs/sqlite"
[ "${PIPESTATUS[0]}" = 0 ] || failed+=("kiểm thử trên SQLite")

echo "── Kiểm thử trên PostgreSQL"
"$python" .ci/postgres.py "${portal[@]}" 2>&1 | tee "$logs/postgresql"
[ "${PIPESTATUS[0]}" = 0 ] || failed+=("kiểm thử trên PostgreSQL")

echo
for name in "${failed[@]}"; do echo "✗ Chưa đạt: $name"; done
echo "Bộ tính:"
tail -n 1 "$logs/engine"
echo "SQLite:"
tail -n 1 "$logs/sqlite"
echo "PostgreSQL:"
tail -n 1 "$logs/postgresql"
[ "${#failed[@]}" = 0 ]

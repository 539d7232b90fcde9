# Two commands matter: `make run` and `make test`. `make help` explains the rest.
# The work itself is in deploy/ (run) and .ci/ (test), so that every step can also be started by hand.

HOST ?= 127.0.0.1
PORT ?= 8000
PYTHON = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run demo test soak lint bench clean

help: ## giải thích từng lệnh
	@echo "Cổng Chỉ số cải cách hành chính (PAR Index)"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-12s %s\n' "$$name" "$$text"; done
	@echo
	@echo "Ví dụ: make run PORT=8123"

run: ## cài đặt, nạp dữ liệu minh họa và mở cổng tại http://127.0.0.1:8000 (đổi bằng HOST=…, PORT=…)
	@bash deploy/serve.sh "$(HOST)" "$(PORT)"

demo: ## nạp lại dữ liệu minh họa mà không mở cổng; chạy nhiều lần không sinh bản trùng
	@bash deploy/bootstrap.sh runtime
	@$(PYTHON) manage.py migrate --noinput --verbosity 0
	@$(PYTHON) manage.py demo

test: ## kiểm tra mã nguồn rồi chạy toàn bộ kiểm thử trên SQLite và PostgreSQL
	@bash .ci/test.sh

soak: ## như test, thêm các kiểm thử ngẫu nhiên với số lần lớn (lâu hơn nhiều)
	@PARINDEX_SOAK=1 bash .ci/test.sh

lint: ## chỉ kiểm tra mã nguồn: ruff, import-linter, mypy, djlint, migration còn thiếu
	@bash .ci/lint.sh

bench: ## đo tốc độ: chạy từng tệp trong benchmarks/
	@bash deploy/bootstrap.sh dev
	@for file in benchmarks/*.py; do \
	  [ -e "$$file" ] || { echo "Chưa có phép đo nào trong benchmarks/."; break; }; \
	  echo "== $$file"; PYTHONPATH=. $(PYTHON) "$$file" || exit 1; done

clean: ## xóa thư viện đã cài và tệp tạm; dữ liệu trong var/ được giữ nguyên
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	@echo "Đã dọn. Dữ liệu trong var/ còn nguyên; muốn làm lại từ đầu thì xóa thư mục đó."

# 政策问答：make run 即可使用；make test、make check 供开发。每个目标先做它所需要的事，不需要记顺序。
#
#   make setup               建立 .venv 并安装（不含附加组件）
#   make run                 安装、收录 seeds/，然后启动服务（网页、接口、挂件）；make run Q="……" 只回答一个问题
#   make run DOCS=我的文件夹   收录自己的文件；make run PORT=8080 换一个端口
#   make test                运行测试
#   make check               格式、静态检查、类型检查、测试
#   make format              按统一格式改写代码
#   make clean               删去 .venv 和索引

# 需要 Python 3.11 或更高版本；可以用 make PYTHON=/路径/python3.12 指定
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV ?= .venv
DOCS ?= seeds
PORT ?= 8000
Q ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt
CODE := qa index tests train bench

export Q

.DEFAULT_GOAL := help
.PHONY: help setup run test check format lint types clean extras

help:
	@sed -n 's/^#   //p' Makefile

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo '需要 Python 3.11 或更高版本，请用 make PYTHON=/路径/python3 指定。' >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV)

# 记号文件说明装好了什么；依赖一变就重新安装
$(VENV)/.base: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	$(PIP) --editable '.[dev]'
	@touch $@

$(VENV)/.extras: $(VENV)/.dev
	$(PIP) --editable '.[dev,milvus,transformers]'
	@touch $@

setup: $(VENV)/.base

extras: $(VENV)/.extras

# 服务一直运行到 Ctrl-C；问一个问题时答案在标准输出，其余在标准错误，拒答（退出码 1）不算 make 出错
run: setup
	@$(BIN)/qa index "$(DOCS)" >&2
	@if [ -n "$$Q" ]; then $(BIN)/qa ask -- "$$Q" || [ $$? -eq 1 ]; else $(BIN)/qa serve --port $(PORT); fi

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

types: $(VENV)/.dev
	$(BIN)/mypy

check: lint types test

format: $(VENV)/.dev
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

clean:
	rm -rf $(VENV) var

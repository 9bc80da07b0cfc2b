# Thin: build_spec.py knows how, the same on every system.
PYTHON ?= python3

# `make bench checkout` means `make bench NAME=checkout`.
ifeq (bench,$(firstword $(MAKECMDGOALS)))
NAME ?= $(wordlist 2,2,$(MAKECMDGOALS))
$(eval $(NAME): ; @:)
.PHONY: $(NAME)
endif

.PHONY: run test bench lock clean

run test lock:
	@$(PYTHON) build_spec.py $@

bench:
	@$(PYTHON) build_spec.py bench $(NAME)

clean:
	@rm -rf .venv demo build dist *.egg-info .*_cache .hypothesis .benchmarks
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find resources -name '*.mo' -delete

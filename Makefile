# Names for what one does here; the work is in scripts/ and in the CMake presets.
.PHONY: demo test lint format bench build package setup clean

demo: setup ## a first report, from the example data
	cmake --preset release --log-level=WARNING
	cmake --build --preset release --target insights
	scripts/demo.sh

test: build ## every test
	ctest --preset dev

build: setup ## the program and its tests, with sanitizers
	cmake --preset dev --log-level=WARNING
	cmake --build --preset dev

lint: ## clang-format and clang-tidy; changes nothing
	scripts/lint.sh

format: ## clang-format; changes files
	scripts/lint.sh --fix

bench: setup ## the benchmarks
	cmake --preset release --log-level=WARNING
	cmake --build --preset release --target bench

package: ## a Debian package: build/package/insights_VERSION_ARCHITECTURE.deb
	@scripts/setup.sh --package
	cmake --preset package --log-level=WARNING
	cmake --build --preset package
	cd build/package && cpack -G DEB

setup: ## what the others need, if anything is missing
	@scripts/setup.sh

clean:
	rm -rf build

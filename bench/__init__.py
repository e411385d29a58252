"""Benchmarks: what Cunbo does beside what others would do, in one run on one machine. Only ratios are worth quoting."""

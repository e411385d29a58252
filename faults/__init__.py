"""Real faults against real processes: what was acked is kept and counted once. `python -m faults`."""

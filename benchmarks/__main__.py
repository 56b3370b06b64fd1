"""Run every benchmark and print its table: ``make bench``."""

from benchmarks import classroom, drags, live, loss, pages

# The classroom first: its peak memory is that of the process, which only grows.
for benchmark in (classroom, drags, loss, pages, live):
    print(f"\n{benchmark.__doc__.splitlines()[0]}\n")
    benchmark.run()

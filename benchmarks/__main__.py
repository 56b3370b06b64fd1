"""Run every benchmark and print its table: ``make bench``."""

from benchmarks import classroom, drags, loss, pages

for benchmark in (drags, loss, pages, classroom):
    print(f"\n{benchmark.__doc__.splitlines()[0]}\n")
    benchmark.run()

"""`make bench`: what the project promises in numbers, measured here, beside what others take for the same.

    make bench                                    about ten minutes on two cores
    make bench BENCH=--full                       the counts of the promise: 10,000 presses, 10,000 commands
    PYTHONPATH=tests:tools .venv/bin/python -m bench --only press accounts

Each file of `groups/` measures one group of rows. Device rows run the built drive on real CircuitPython on an
emulated RP2040; their times are emulated milliseconds and the same on every machine. Process rows are medians
of interleaved runs on this machine; measure them when it is quiet.

**To add a row**, yield one more `Row` from the `rows` of the group it belongs to:

    yield Row("what is measured", value, "ms", budget=80, floor=52, floor_is="the endpoint's seven polls")

`budget` is a promise, and `floor` a limit that no implementation beats; give both if they exist. A row past
its budget is marked in every output, and `why` states the known cause. Nothing fails: budgets are reported,
not tested.

**To add a group**, write `groups/<name>.py` with

    TITLE = "What the group is about"
    ABOUT = "How it is measured, in one sentence."
    EMULATED = True                               # needs a UF2; may run beside other emulated groups

    def rows(run: Run) -> Iterator[Row]: ...

and name it in `groups/__init__.py`, whose order is the order of the report. `run.count(short, full)` is how
often to do a thing; `board.py` has powered tokens, enrolled accounts and the time that an action takes.

Results: docs/benchmarks.json, and from it docs/benchmarks.md and a plot. A run with --only merges into them.
A group that breaks is told as broken; the others are kept.
"""

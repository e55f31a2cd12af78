"""`make bench`: measures what the project promises in numbers, and the same of other programs.

    make bench                                    about ten minutes on two cores
    make bench BENCH=--full                       the promised counts: 10,000 presses, 10,000 commands
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
    EMULATED = True                               # needs a UF2; may run in parallel with others

    def rows(run: Run) -> Iterator[Row]: ...

and name it in `groups/__init__.py`, whose order is the order of the report. `run.count(short, full)` is the
number of repetitions; `board.py` powers tokens, enrols accounts and times actions.

Results: docs/benchmarks.json, and from it docs/benchmarks.md and a plot. A run with --only merges into them.
A group that raises an error is reported as broken; the results of the others are stored.
"""

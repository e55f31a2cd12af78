"""A long life at random, in simulated time: see life.py. `make soak` is the long form, tests the short one."""

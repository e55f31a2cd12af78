"""A long life at random, in simulated time: see life.py. `make soak` is the long form of these tests."""

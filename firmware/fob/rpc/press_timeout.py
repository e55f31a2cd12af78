"""How long a request waits for a press: a parameter of each method that needs one."""

from .params import integer

TIMEOUT = (integer(1, 300), 30)  # s

"""The token as hardware: what it is made of, how that is joined, and the files to order and print from."""

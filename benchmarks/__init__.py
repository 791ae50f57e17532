"""Benchmarks: how long the work of Beffroi takes, how much memory, and how far that is from what is asked.

``python -m benchmarks`` runs them all and prints tables. Nothing here passes or fails: a figure stands beside its
peer, measured in the same run, and beside its aim. All data are made up (« données fictives ») from a fixed seed, in a
temporary folder.
"""

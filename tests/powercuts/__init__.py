"""The power is cut between any two system calls: the calls are recorded, the disk is rebuilt, and bedside starts on it.

`lives.py` is what is lived, in a process of its own; `trace.py` records its system calls; `disk.py` says what a power
cut may leave of them; `starts.py` starts on that for real and looks; `cuts.py` goes through every point.
`kills.py` kills the process instead, and `faults.py` lets one call of the disk after the other fail.
"""

"""Runs a command, with a time limit, and writes {"seconds", "peak_mb", "status"}
to a file: measure.py OUT LIMIT COMMAND... The seconds are those on a processor.

A process of its own because a child's peak memory, as the system counts it,
starts from its parent's: this one must stay small.
"""
import json
import os
import signal
import sys

out, limit, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
child = os.fork()
if child == 0:
    os.execvp(command[0], command)


def stop(*_):
    os.kill(child, signal.SIGKILL)


signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, limit)
_, status, usage = os.wait4(child, 0)
seconds = usage.ru_utime + usage.ru_stime
with open(out, "w") as file:
    json.dump(
        {
            "seconds": seconds,
            "peak_mb": usage.ru_maxrss / 1024,
            "status": os.waitstatus_to_exitcode(status),
        },
        file,
    )

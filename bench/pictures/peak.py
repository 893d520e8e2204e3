"""Run a command, and print its seconds, seconds of CPU, peak of resident memory in MB as JSON.

A process of its own: a child's peak counts from what its parent had at the fork, so the parent
must be small.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

start = time.perf_counter()
done = subprocess.run(sys.argv[1:], check=False, stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
kilobytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
row = {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": kilobytes / 1024}
print(json.dumps(row))
sys.exit(done.returncode)

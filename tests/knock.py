"""Have a run of mediakit in the nursery at a socket: `python -S knock.py SOCKET ARGS`.

The run has the standard streams, the folder and the environment of this process, which ends with
its exit code. It imports next to nothing: that is what makes it quick.
"""

import _socket  # the module `socket` takes longer than all else here
import marshal
import os
import sys

door = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
door.connect(sys.argv[1])
told = marshal.dumps((sys.argv[2:], os.getcwd(), dict(os.environ)))  # noqa: PTH109 - no import
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)]
door.sendmsg([len(told).to_bytes(4, "big")], rights)
while told:
    told = told[door.send(told) :]
sys.exit(int(door.recv(16) or b"70"))

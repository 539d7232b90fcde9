"""`wait_for_portal.py HOST PORT SECONDS PID`: exit 0 once GET /healthz answers 200 while process PID lives."""

import http.client
import os
import signal
import sys
import time

host, port, patience, server = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
# "every address" is not an address that one can call
target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
deadline = time.monotonic() + patience
answer = "chưa trả lời"
signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends the waiting without a traceback
while time.monotonic() < deadline:
    try:
        os.kill(server, 0)
    except ProcessLookupError:
        sys.exit(1)
    connection = http.client.HTTPConnection(target, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"127.0.0.1:{port}"})
        status = connection.getresponse().status
        if status == http.client.OK:
            sys.exit(0)
        answer = f"mã {status}"
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()
    time.sleep(0.2)
sys.exit(f"\n✗ Sau {patience:.0f} giây địa chỉ /healthz vẫn chưa báo tốt ({answer}).")

"""`port_is_free.py HOST PORT`: exit 0 when a server could listen there, otherwise one sentence and exit 1."""

import errno
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
try:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
except socket.gaierror:
    sys.exit(f"\n✗ HOST “{host}” không phải địa chỉ của máy này. Bỏ HOST=… để dùng 127.0.0.1.")
except OSError as error:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        sys.exit(f"\n✗ Cổng mạng {port} đang có chương trình khác dùng. Chọn số khác, ví dụ: make run PORT={other}")
    if error.errno == errno.EACCES:
        sys.exit(f"\n✗ Không được phép mở cổng mạng {port}. Chọn số từ 1024 trở lên, ví dụ: make run PORT=8000")
    sys.exit(f"\n✗ Không mở được địa chỉ {host}:{port} ({error.strerror}).")

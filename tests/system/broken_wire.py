"""A network between two servers that can be cut, and that can lose an answer after the request has arrived."""

import contextlib
import socket
import threading

_CHUNK = 1 << 16


class BrokenWire:
    """Listens on a free port of 127.0.0.1 and passes bytes on to ``upstream()`` (a port, asked anew each time).

    ``cut``: connections are closed at once. ``lose``: so many requests reach the server, but their answers do not
    come back; what the server did with them stays done. Most lost answers end the connection; the first of ten is
    silence, which the other side hears of by its time limit only.
    """

    def __init__(self, upstream):
        self._upstream = upstream
        self.cut, self.lose, self.lost = False, 0, 0
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def close(self):
        self._socket.close()

    def _accept(self):
        while True:
            try:
                client, _address = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError), client:
            if self.cut:
                return
            with socket.create_connection(("127.0.0.1", self._upstream()), timeout=120) as server:
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                while data := server.recv(_CHUNK):
                    with self._lock:
                        losing = self.lose > 0
                        self.lose -= losing
                        self.lost += losing
                    if self.cut or losing:
                        if not losing or self.lost % 10 != 1:
                            # close() alone says nothing while the other thread still reads from the socket
                            client.shutdown(socket.SHUT_RDWR)
                        return
                    client.sendall(data)

    @staticmethod
    def _forward(client, server):
        with contextlib.suppress(OSError):
            while data := client.recv(_CHUNK):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

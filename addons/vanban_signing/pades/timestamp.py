"""Trusted timestamps (RFC 3161). A configured service that fails is an error: never silently without it."""

import asyncio
import base64

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from .transport import TransportError, exchange

#: One call of a busy national service can take minutes.
TIMEOUT, TRIES = 180.0, 3
MAX_ANSWER = 256 * 1024


class TimestampError(RuntimeError):
    """The timestamp service did not answer as it must; the message is for the clerk."""


class _Service(TimeStamper):
    def __init__(self, url, timeout, tries, headers):
        super().__init__()
        self._url, self._timeout, self._tries, self._headers = url, timeout, max(1, tries), headers

    def _ask(self, request):
        for attempt in range(self._tries):
            try:
                # the address is configured by the administrator, often inside the network of the agencies
                return exchange(
                    self._url,
                    data=request,
                    headers=self._headers,
                    timeout=self._timeout,
                    max_bytes=MAX_ANSWER,
                    allow_private=True,
                )
            except TransportError:
                if attempt + 1 == self._tries:
                    raise
        raise AssertionError("unreachable")

    async def async_request_tsa_response(self, req):
        return tsp.TimeStampResp.load(await asyncio.to_thread(self._ask, req.dump()), strict=True)

    async def async_timestamp(self, message_digest, md_algorithm):
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            # the library compares the nonce; a token over something else would make a signature that verifies nowhere
            imprint = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
            if (
                imprint["hashed_message"].native != message_digest
                or imprint["hash_algorithm"]["algorithm"].native != md_algorithm
            ):
                raise ValueError("the token is not over the digest that was sent")
            return token
        except Exception as error:  # network, TLS, protocol: all mean "no timestamp"
            raise TimestampError(
                "Không lấy được dấu thời gian từ dịch vụ đã cấu hình. Văn bản chưa được ký; hãy thử lại sau "
                "hoặc báo quản trị viên."
            ) from error


def http_timestamper(url, *, timeout=TIMEOUT, tries=TRIES, auth=None):
    """Client for a TSA at ``url``; ``auth`` = (user, password); ``timeout`` in seconds for one of ``tries`` attempts."""
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    if auth:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
    return _Service(url, timeout, tries, headers)

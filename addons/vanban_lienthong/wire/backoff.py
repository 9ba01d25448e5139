"""How long to wait before the next attempt."""
import random


def delay(attempts, base, cap, spread=0.2, generator=random):
    """Seconds until the next attempt after ``attempts`` failures (1 or more).

    Doubles from ``base`` up to ``cap``; ``spread`` scatters it, so that many senders do not
    come back in the same second. The result never exceeds ``cap``.
    """
    # The exponent is bounded: nobody waits longer for trying longer.
    plain = min(cap, base * 2 ** min(max(attempts, 1) - 1, 32))
    return min(cap, plain * generator.uniform(1 - spread, 1 + spread))

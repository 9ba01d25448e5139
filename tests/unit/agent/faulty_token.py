"""``python faulty_token.py TROUBLE … agent arguments``: the agent over a real SoftHSM whose functions fail as a real device does.

The library's own function table is changed in memory, so the agent and python-pkcs11 run as they are. Troubles: ``pulled`` (device
removed at the second signature), ``locked``, ``last-try`` (wrong PIN with one try left), ``gone`` (no device any more).
"""

import ctypes
import sys

from agent.__main__ import main
from demo_pki import MODULE

SLOT_LIST, TOKEN_INFO, LOGIN, SIGN = 4, 6, 18, 43
REMOVED, PIN_WRONG, PIN_LOCKED = 0x32, 0xA0, 0xA4
FINAL_TRY, LOCKED = 0x20000, 0x40000
FLAGS_AT = 96
kept = []


class FunctionList(ctypes.Structure):
    _fields_ = [("version", ctypes.c_ubyte * 2), ("functions", ctypes.c_void_p * 68)]


def table():
    library = ctypes.CDLL(MODULE)
    pointer = ctypes.POINTER(FunctionList)()
    assert library.C_GetFunctionList(ctypes.byref(pointer)) == 0
    return pointer.contents.functions


def replace(functions, index, kind, work):
    real = kind(functions[index])
    wrapped = kind(lambda *arguments: work(real, *arguments))
    kept.append((real, wrapped))
    functions[index] = ctypes.cast(wrapped, ctypes.c_void_p).value


def spoil(trouble):
    functions, word, count = table(), ctypes.c_ulong, {"sign": 0, "slots": 0}
    login = ctypes.CFUNCTYPE(word, word, word, ctypes.c_void_p, word)
    info = ctypes.CFUNCTYPE(word, word, ctypes.c_void_p)
    signing = ctypes.CFUNCTYPE(word, word, ctypes.c_void_p, word, ctypes.c_void_p, ctypes.c_void_p)
    slots = ctypes.CFUNCTYPE(word, ctypes.c_ubyte, ctypes.c_void_p, ctypes.POINTER(word))

    def flagged(bit):
        def work(real, slot, where):
            status = real(slot, where)
            flags = ctypes.c_ulong.from_address(where + FLAGS_AT)
            flags.value |= bit
            return status

        return work

    def pulled(real, *arguments):
        # the first call of each signature only asks for its length
        count["sign"] += bool(arguments[3])
        return real(*arguments) if count["sign"] < 2 and not (count["sign"] and not arguments[3]) else REMOVED

    def gone(real, present, where, size):
        status = real(present, where, size)
        count["slots"] += 1
        if count["slots"] > 6:
            size[0] = 0
        return status

    if trouble == "pulled":
        replace(functions, SIGN, signing, pulled)
    elif trouble == "locked":
        replace(functions, LOGIN, login, lambda _real, *_arguments: PIN_LOCKED)
    elif trouble == "last-try":
        replace(functions, LOGIN, login, lambda _real, *_arguments: PIN_WRONG)
        replace(functions, TOKEN_INFO, info, flagged(FINAL_TRY))
    elif trouble == "locked-flag":
        replace(functions, TOKEN_INFO, info, flagged(LOCKED))
    elif trouble == "gone":
        replace(functions, SLOT_LIST, slots, gone)


if __name__ == "__main__":
    spoil(sys.argv[1])
    sys.exit(main(sys.argv[2:]))

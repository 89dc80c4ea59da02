"""64-bit hashing of byte ranges inside kernels: a wyhash-style multiply-and-fold.

Values are stable across platforms and releases: signatures made from them are stored facts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from assay.ops.kernels.jit import njit

K0 = np.uint64(0xA0761D6478BD642F)
K1 = np.uint64(0xE7037ED1A0B428DB)
K2 = np.uint64(0x8EBC6AF09C88C6E3)
_ONE = np.uint64(1)
_EIGHT = np.uint64(8)


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def load64(typingctx: Any, array: Any, index: Any) -> Any:
    """Little-endian unaligned load of array[index:index + 8] as uint64; the caller checks bounds."""
    signature = types.uint64(array, types.intp)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        values = context.make_array(sig.args[0])(context, builder, args[0])
        pointer = builder.gep(values.data, [args[1]])
        loaded = builder.load(builder.bitcast(pointer, ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return signature, codegen


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def fold(typingctx: Any, a: Any, b: Any) -> Any:
    """High half XOR low half of the 128-bit product a * b."""
    signature = types.uint64(types.uint64, types.uint64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wide, narrow = ir.IntType(128), ir.IntType(64)
        product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), narrow)
        return builder.xor(high, builder.trunc(product, narrow))

    return signature, codegen


@njit(inline=True)
def hash_bytes(data, start, end, limit):
    """Hash of data[start:end]; `limit` = len(data) lets the tail be read in one load where safe."""
    h = np.uint64(end - start) ^ K0
    i = start
    while i + 16 <= end:
        h = fold(load64(data, i) ^ K1, load64(data, i + 8) ^ h)
        i += 16
    if i + 8 <= end:
        h = fold(load64(data, i) ^ K1, h ^ K2)
        i += 8
    rest = end - i
    if rest > 0:
        if i + 8 <= limit:
            tail = load64(data, i) & ((_ONE << (_EIGHT * np.uint64(rest))) - _ONE)
        else:
            tail = np.uint64(0)
            for j in range(rest):
                tail |= np.uint64(data[i + j]) << (_EIGHT * np.uint64(j))
        h = fold(tail ^ K1, h ^ K2)
    return fold(h ^ K0, K1)

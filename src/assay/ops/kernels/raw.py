"""Array access without Numba's wraparound of negative indices.

`at(array, i)` costs one load where `array[i]` costs a compare, a select and a load; `put` is the
same for stores. The caller guarantees 0 <= i < len(array); under NUMBA_BOUNDSCHECK=1 every such
access is checked.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from assay.ops.kernels.jit import njit


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _load(typingctx: Any, array: Any, index: Any) -> Any:
    signature = array.dtype(array, index)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        values = context.make_array(sig.args[0])(context, builder, args[0])
        position = args[1]
        if position.type.width < 64:
            position = builder.zext(position, ir.IntType(64))
        return builder.load(builder.gep(values.data, [position]))

    return signature, codegen


@intrinsic  # type: ignore[untyped-decorator, unused-ignore]
def _store(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    signature = types.void(array, index, array.dtype)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        values = context.make_array(sig.args[0])(context, builder, args[0])
        builder.store(args[2], builder.gep(values.data, [args[1]]))
        return context.get_dummy_value()

    return signature, codegen


@njit(inline=True)
def _checked_load(array, index):
    return array[index]


@njit(inline=True)
def _checked_store(array, index, value):
    array[index] = value


# Numba fills its settings in at run time, where mypy cannot see them.
_BOUNDSCHECK = config.BOUNDSCHECK  # type: ignore[attr-defined, unused-ignore]
at, put = (_checked_load, _checked_store) if _BOUNDSCHECK else (_load, _store)

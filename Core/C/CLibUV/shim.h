// What Swift cannot import of libuv itself (variadic functions, function-like macros) stands here as inline wrappers.
#pragma once
#include <uv.h>

// What Swift cannot import of zlib itself (its init functions are macros) stands here as inline wrappers.
#pragma once
#include <zlib.h>

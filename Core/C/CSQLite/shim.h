// What Swift cannot import of SQLite itself stands here as inline wrappers.
#pragma once
#include <sqlite3.h>

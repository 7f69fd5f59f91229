// What Swift cannot import of SQLite itself stands here as inline wrappers.
#pragma once
#include <sqlite3.h>
#include <sys/prctl.h>

// Variadic functions.
static inline int gantry_sqlite_disable_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
static inline int gantry_sqlite_set_flag(sqlite3 *db, int flag, int on) {
    return sqlite3_db_config(db, flag, on, (int *)0);
}

// SQLITE_TRANSIENT is a cast that Swift does not import: SQLite copies the bytes before these return.
static inline int gantry_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 length) {
    return sqlite3_bind_text64(statement, index, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}
static inline int gantry_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 length) {
    return sqlite3_bind_blob64(statement, index, bytes, length, SQLITE_TRANSIENT);
}

// The engine's threads carry names; `prctl` is variadic as well.
static inline void gantry_sqlite_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// What Swift cannot import of libuv itself (variadic functions, function-like macros) stands here as inline wrappers,
// with the few system functions beside it that <sys/socket.h> and <pthread.h> show only under _GNU_SOURCE.
#pragma once
#include <sys/socket.h>
#include <uv.h>

extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int pipe2(int descriptors[2], int flags);

// The machine's limit for the HTTP row: libuv reads a request unparsed and writes a reply of the right length, nothing else.
// usage: floor SECONDS (it ends by itself); prints its port.
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static const char reply[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-ID: 0000000000000\r\n"
    "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}";
static char buffer[65536];

static void give_buffer(uv_handle_t *handle, size_t size, uv_buf_t *result) {
    *result = uv_buf_init(buffer, sizeof buffer);
}

static void forget(uv_handle_t *handle) { free(handle); }

static void answer(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
    if (count < 0) {
        uv_close((uv_handle_t *)stream, forget);
    } else if (count > 0) {
        uv_buf_t out = uv_buf_init((char *)reply, sizeof reply - 1);
        uv_try_write(stream, &out, 1);
    }
}

static void welcome(uv_stream_t *listener, int status) {
    uv_tcp_t *client = malloc(sizeof *client);
    uv_tcp_init(listener->loop, client);
    uv_accept(listener, (uv_stream_t *)client);
    uv_tcp_nodelay(client, 1);
    uv_read_start((uv_stream_t *)client, give_buffer, answer);
}

static void end(uv_timer_t *timer) { exit(0); }

int main(int count, char **words) {
    uv_loop_t *loop = uv_default_loop();
    uv_tcp_t listener;
    uv_timer_t timer;
    struct sockaddr_in address;
    int length = sizeof address;
    uv_tcp_init(loop, &listener);
    uv_ip4_addr("127.0.0.1", 0, &address);
    if (uv_tcp_bind(&listener, (struct sockaddr *)&address, 0) || uv_listen((uv_stream_t *)&listener, 511, welcome))
        return 1;
    uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &length);
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, end, (count > 1 ? atoi(words[1]) : 60) * 1000, 0);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}

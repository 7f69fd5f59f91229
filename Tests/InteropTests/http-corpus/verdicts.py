"""Prints what h11 says to each request stream of the corpus: one JSON line {"name", "verdict"} per case."""
import base64
import json
import sys

try:
    import h11
except ImportError:
    sys.exit("h11 is not installed: run `make deps`")


def verdict(data):
    """accept: every byte belongs to a complete request (or to a protocol after CONNECT or an upgrade)."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
    try:
        connection.receive_data(data)
        has_ended = False
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                pass
            elif isinstance(event, h11.EndOfMessage):
                if connection.client_is_waiting_for_100_continue:
                    return "reject"
            elif event is h11.NEED_DATA:
                if has_ended:
                    return "reject"
                connection.receive_data(b"")
                has_ended = True
            elif event is h11.PAUSED:
                if connection.their_state is h11.MIGHT_SWITCH_PROTOCOL:
                    return "accept"
                headers = [("content-length", "0")]
                connection.send(h11.Response(status_code=200, headers=headers))
                connection.send(h11.EndOfMessage())
                if connection.our_state is h11.MUST_CLOSE:
                    return "accept" if not connection.trailing_data[0] else "reject"
                connection.start_next_cycle()
            elif isinstance(event, h11.ConnectionClosed):
                return "accept"
            if isinstance(event, h11.EndOfMessage) and connection.our_state is h11.SEND_RESPONSE:
                if connection.their_state is h11.MIGHT_SWITCH_PROTOCOL:
                    return "accept"
                connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is h11.MUST_CLOSE:
                    return "accept" if not connection.trailing_data[0] else "reject"
                connection.start_next_cycle()
    except h11.RemoteProtocolError:
        return "reject"


for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps({"name": case["name"], "verdict": verdict(base64.b64decode(case["input"]))}), flush=True)

"""Writes Tests/Fixtures/http-corpus/requests.jsonl: request streams with the verdict that each parser is expected to give.

Run it after changing a case: python3 generate.py > ../../Fixtures/http-corpus/requests.jsonl
A parser that differs from ours needs a line with the reason in DIFFERENCES; a test compares all three with what stands in the file.
"""
import base64
import json
import re

CASES = []
H = "Host: a\r\n"
TE = "Transfer-Encoding: chunked\r\n"


def case(name, text, verdict):
    data = text if isinstance(text, bytes) else text.encode("latin-1")
    CASES.append((name, data, verdict))


def get(name, fields, verdict, host=True):
    case(name, "GET / HTTP/1.1\r\n" + (H if host else "") + fields + "\r\n", verdict)


def chunked(name, body, verdict):
    case("chunked/" + name, "POST / HTTP/1.1\r\n" + H + TE + "\r\n" + body, verdict)


def request_lines():
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "POST", "PUT", "PATCH"]:
        case("method/" + method, f"{method} / HTTP/1.1\r\n{H}\r\n", "accept")
    for method in ["PROPFIND", "PURGE", "M-SEARCH", "NOTIFY", "REPORT"]:
        case("method/extension-" + method, f"{method} / HTTP/1.1\r\n{H}\r\n", "accept")
    for label, method in [("unknown", "BREW"), ("lower", "get"), ("one-letter", "X"), ("symbols", "!#$%&'*+-.^_`|~")]:
        case("method/own-" + label, f"{method} / HTTP/1.1\r\n{H}\r\n", "accept")
    for label, method in [
        ("paren", "G(T"), ("slash", "G/T"), ("at", "G@T"), ("colon", "GET:"), ("nul", "G\0T"), ("high", "G\xe9T"),
        ("quote", '"GET"'), ("comma", "GET,"), ("brace", "{GET}"), ("empty", ""), ("del", "G\x7fT"),
    ]:
        case("method/bad-" + label, f"{method} / HTTP/1.1\r\n{H}\r\n", "reject")
    for label, target in [
        ("root", "/"), ("query", "/?a=b"), ("only-query-mark", "/?"), ("two-marks", "/??"), ("percent", "/%20"), ("dots", "/a/../b"),
        ("double-slash", "//a"), ("semicolon", "/a;b=c"), ("pipe", "/|"), ("quote", "/'"), ("brackets", "/[]"),
        ("long", "/" + "a" * 2000), ("absolute", "http://b/"), ("absolute-port", "http://b:80/x"), ("absolute-query", "http://b?x"),
        ("absolute-upper", "HTTP://b/"), ("absolute-https", "https://b/"), ("absolute-ipv6", "http://[::1]/"), ("bad-percent", "/%zz"),
    ]:
        case("target/" + label, f"GET {target} HTTP/1.1\r\n{H}\r\n", "accept")
    for label, target in [
        ("relative", "a"), ("empty", ""), ("fragment", "/#x"), ("space", "/a b"), ("tab", "/a\tb"), ("nul", "/\0"), ("high", "/\xe9"),
        ("utf8", "/\xc3\xa9"), ("del", "/\x7f"), ("cr", "/\ra"), ("lf", "/\na"), ("control", "/\x01"), ("vertical-tab", "/\x0b"),
        ("form-feed", "/\x0c"), ("asterisk", "*"), ("authority", "a:80"), ("scheme-only", "http://"), ("no-host", "http:///x"),
        ("other-scheme", "ftp://b/"), ("user", "http://u@b/"), ("password", "http://u:p@b/"), ("query-first", "?a"), ("backslash-first", "\\a"),
        ("bad-port", "http://b:x/"), ("unclosed-ipv6", "http://[::1/"),
    ]:
        case("target/bad-" + label, f"GET {target} HTTP/1.1\r\n{H}\r\n", "reject")
    case("target/asterisk-options", f"OPTIONS * HTTP/1.1\r\n{H}\r\n", "accept")
    case("target/connect", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "accept")
    case("target/connect-no-port", "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", "reject")
    case("target/connect-path", "CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n", "reject")
    case("target/connect-body", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "reject")
    for label, version, verdict in [
        ("1.0", "HTTP/1.0", "accept"), ("0.9", "HTTP/0.9", "reject"), ("1.2", "HTTP/1.2", "reject"), ("2.0", "HTTP/2.0", "reject"),
        ("lower", "http/1.1", "reject"), ("none", "", "reject"), ("no-minor", "HTTP/1", "reject"), ("long-minor", "HTTP/1.10", "reject"),
        ("long-major", "HTTP/01.1", "reject"), ("sign", "HTTP/+1.1", "reject"), ("other", "ICY/1.1", "reject"), ("comma", "HTTP/1,1", "reject"),
        ("space-inside", "HTTP/ 1.1", "reject"), ("trailing-space", "HTTP/1.1 ", "reject"), ("trailing-word", "HTTP/1.1 x", "reject"),
        ("trailing-tab", "HTTP/1.1\t", "reject"), ("wide", "HTTP/1.1\xa0", "reject"), ("hex", "HTTP/a.1", "reject"),
    ]:
        case("version/" + label, f"GET / {version}\r\n{H}\r\n", verdict)
    case("line/http09", "GET /\r\n", "reject")
    case("line/http09-bare", "GET /\r\n\r\n", "reject")
    case("line/two-spaces-1", f"GET  / HTTP/1.1\r\n{H}\r\n", "reject")
    case("line/two-spaces-2", f"GET /  HTTP/1.1\r\n{H}\r\n", "reject")
    case("line/tab-1", f"GET\t/ HTTP/1.1\r\n{H}\r\n", "reject")
    case("line/tab-2", f"GET /\tHTTP/1.1\r\n{H}\r\n", "reject")
    case("line/leading-space", f" GET / HTTP/1.1\r\n{H}\r\n", "reject")
    case("line/leading-crlf", f"\r\nGET / HTTP/1.1\r\n{H}\r\n", "accept")
    case("line/leading-lf", f"\nGET / HTTP/1.1\r\n{H}\r\n", "reject")
    case("line/leading-cr", f"\rGET / HTTP/1.1\r\n{H}\r\n", "reject")
    case("line/two-leading-crlf", f"\r\n\r\nGET / HTTP/1.1\r\n{H}\r\n", "reject")
    case("line/leading-nul", f"\0GET / HTTP/1.1\r\n{H}\r\n", "reject")
    case("line/bare-lf", "GET / HTTP/1.1\nHost: a\n\n", "reject")
    case("line/bare-lf-line", f"GET / HTTP/1.1\n{H}\r\n", "reject")
    case("line/bare-cr-line", f"GET / HTTP/1.1\r{H}\r\n", "reject")
    case("line/cr-cr-lf", f"GET / HTTP/1.1\r\r\n{H}\r\n", "reject")
    case("line/empty", b"", "accept")
    case("line/only-crlf", "\r\n", "accept")
    case("line/tls-hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "reject")
    case("line/http2-preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "reject")
    case("line/response", "HTTP/1.1 200 OK\r\n\r\n", "reject")
    case("line/text", "hello\r\n\r\n", "reject")
    case("line/too-long", f"GET /{'a' * 70000} HTTP/1.1\r\n{H}\r\n", "reject")


def fields():
    for label, field, verdict in [
        ("plain", "X: y", "accept"), ("no-blank", "X:y", "accept"), ("tabs", "X:\t y \t", "accept"), ("empty", "X:", "accept"),
        ("blank-only", "X:  ", "accept"), ("colon-in-value", "X: a:b", "accept"), ("token-name", "!#$%&'*+-.^_`|~9: y", "accept"),
        ("obs-text", "X: \xe9", "accept"), ("utf8", "X: \xc3\xa9", "accept"), ("high-ff", "X: \xff", "accept"), ("inner-tab", "X: a\tb", "accept"),
        ("long-value", "X: " + "v" * 4000, "accept"), ("long-name", "n" * 200 + ": y", "accept"), ("digit-name", "1: y", "accept"),
        ("underscore", "a_b: y", "accept"), ("quoted", 'X: "a\\"b"', "accept"), ("many-colons", "X: ::::", "accept"),
        ("space-before-colon", "X : y", "reject"), ("tab-before-colon", "X\t: y", "reject"), ("no-colon", "X", "reject"),
        ("no-name", ": y", "reject"), ("space-in-name", "X Y: z", "reject"), ("nul-in-name", "X\0: y", "reject"), ("high-in-name", "X\xe9: y", "reject"),
        ("paren-in-name", "X(): y", "reject"), ("quote-in-name", '"X": y', "reject"), ("slash-in-name", "X/Y: y", "reject"),
        ("nul-in-value", "X: \0", "reject"), ("control-in-value", "X: \x01", "reject"), ("escape-in-value", "X: \x1b", "reject"),
        ("delete-in-value", "X: \x7f", "reject"), ("vertical-tab-in-value", "X: \x0b", "reject"), ("form-feed-in-value", "X: a\x0cb", "reject"),
        ("bare-cr-in-value", "X: a\rb", "reject"), ("bare-cr-at-end", "X: a\r", "reject"), ("bare-lf-between", "X: a\nY: b", "reject"),
        ("bare-lf-smuggle", "X: a\nTransfer-Encoding: chunked", "reject"), ("bare-cr-smuggle", "X: a\rTransfer-Encoding: chunked", "reject"),
        ("fold-space", "X: a\r\n b", "reject"), ("fold-tab", "X: a\r\n\tb", "reject"), ("fold-empty", "X: a\r\n \r\nY: b", "reject"),
        ("fold-te", "Transfer-Encoding:\r\n chunked", "reject"), ("fold-cl", "Content-Length:\r\n 0", "reject"), ("cr-in-name", "X\r: y", "reject"),
        ("semicolon-name", "X;a: y", "reject"), ("at-name", "@: y", "reject"), ("bracket-name", "[X]: y", "reject"), ("unit-separator", "X: a\x1fb", "reject"),
    ]:
        get("field/" + label, field + "\r\n", verdict)
    case("field/leading-space-first", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "reject")
    case("field/leading-tab-first", "GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", "reject")
    case("field/end-bare-lf", "GET / HTTP/1.1\r\nHost: a\r\n\n", "reject")
    case("field/end-bare-cr", "GET / HTTP/1.1\r\nHost: a\r\n\r", "reject")
    case("field/lf-lf", "GET / HTTP/1.1\r\nHost: a\n\n", "reject")
    case("field/cut-name", "GET / HTTP/1.1\r\nHo", "reject")
    case("field/cut-value", "GET / HTTP/1.1\r\nHost: a", "reject")
    case("field/cut-before-end", "GET / HTTP/1.1\r\nHost: a\r\n", "reject")
    get("field/hundred", "".join(f"X{n}: y\r\n" for n in range(99)), "accept")
    get("field/hundred-and-one", "".join(f"X{n}: y\r\n" for n in range(100)), "reject")
    get("field/head-too-long", "X: " + "v" * 70000 + "\r\n", "reject")
    for label, value, verdict in [
        ("name", "example.org", "accept"), ("port", "a:80", "accept"), ("empty-port", "a:", "accept"), ("ipv4", "127.0.0.1:8080", "accept"),
        ("ipv6", "[::1]", "accept"), ("ipv6-port", "[::1]:80", "accept"), ("dot", "a.", "accept"), ("upper", "A.B", "accept"), ("dash", "a-b", "accept"),
        ("underscore", "a_b", "accept"), ("percent", "a%20b", "accept"),
        ("empty", "", "reject"), ("blank", " ", "reject"), ("two", "a, b", "reject"), ("space", "a b", "reject"), ("path", "a/b", "reject"),
        ("user", "u@a", "reject"), ("scheme", "http://a", "reject"), ("query", "a?b", "reject"), ("fragment", "a#b", "reject"), ("bad-port", "a:x", "reject"),
        ("long-port", "a:123456", "reject"), ("only-port", ":80", "reject"), ("open-ipv6", "[::1", "reject"), ("close-ipv6", "::1]", "reject"),
        ("after-ipv6", "[::1]x", "reject"), ("high", "\xe9", "reject"), ("backslash", "a\\b", "reject"), ("quote", '"a"', "reject"),
        ("angle", "<a>", "reject"), ("bare-ipv6", "::1", "reject"), ("two-ports", "a:1:2", "reject"),
    ]:
        get("host/" + label, f"Host: {value}\r\n", verdict, host=False)
    get("host/missing", "", "reject", host=False)
    get("host/double", H + H, "reject", host=False)
    get("host/double-different", H + "Host: b\r\n", "reject", host=False)
    get("host/double-case", H + "hOST: b\r\n", "reject", host=False)
    case("host/http10-missing", "GET / HTTP/1.0\r\n\r\n", "accept")
    case("host/http10-double", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "reject")
    case("host/absolute-other", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", "accept")
    case("host/absolute-missing", "GET http://b/ HTTP/1.1\r\n\r\n", "reject")
    for label, value, verdict in [
        ("close", "Connection: close", "accept"), ("keep-alive", "Connection: keep-alive", "accept"), ("list", "Connection: a, close , b", "accept"),
        ("empty", "Connection:", "accept"), ("commas", "Connection: ,,,", "accept"),
    ]:
        get("connection/" + label, value + "\r\n", verdict)
    get("expect/continue-without-body", "Expect: 100-continue\r\n", "accept")
    get("expect/other", "Expect: 200-ok\r\n", "reject")
    get("expect/list", "Expect: 100-continue, x\r\n", "reject")
    get("upgrade/asked", "Connection: Upgrade\r\nUpgrade: x\r\n", "accept")
    get("upgrade/without-connection", "Upgrade: x\r\n", "accept")


def lengths():
    for label, value, body, verdict in [
        ("five", "5", "hello", "accept"), ("zero", "0", "", "accept"), ("leading-zero", "005", "hello", "accept"), ("blanks", " \t5 \t", "hello", "accept"),
        ("short", "6", "hello", "reject"), ("plus", "+5", "hello", "reject"), ("minus", "-5", "hello", "reject"), ("minus-zero", "-0", "", "reject"),
        ("hex", "0x5", "hello", "reject"), ("hex-digit", "a", "0123456789", "reject"), ("decimal", "5.0", "hello", "reject"), ("exponent", "1e1", "0123456789", "reject"),
        ("comma-same", "5, 5", "hello", "reject"), ("comma-tight", "5,5", "hello", "reject"), ("comma-different", "5, 6", "hello", "reject"),
        ("trailing-comma", "5,", "hello", "reject"), ("space-inside", "1 0", "0123456789", "reject"), ("empty", "", "", "reject"), ("word", "five", "hello", "reject"),
        ("overflow-63", "9223372036854775808", "", "reject"), ("overflow-64", "18446744073709551616", "", "reject"), ("overflow-wrap", "18446744073709551621", "hello", "reject"),
        ("overflow-long", "9" * 40, "", "reject"), ("underscore", "1_0", "0123456789", "reject"), ("quote", '"5"', "hello", "reject"), ("semicolon", "5;", "hello", "reject"),
        ("nul", "5\0", "hello", "reject"), ("vertical-tab", "\x0b5", "hello", "reject"), ("arabic", "\xd9\xa5", "hello", "reject"), ("high-blank", "\xa05", "hello", "reject"),
    ]:
        case("length/" + label, f"POST / HTTP/1.1\r\n{H}Content-Length: {value}\r\n\r\n{body}", verdict)
    two = [("same", "5", "5"), ("different", "5", "6"), ("zero-first", "0", "5"), ("case", "5", "5")]
    for label, one, other in two:
        name = "content-length" if label == "case" else "Content-Length"
        case("length/two-" + label, f"POST / HTTP/1.1\r\n{H}Content-Length: {one}\r\n{name}: {other}\r\n\r\nhello", "reject")
    for method in ["GET", "HEAD", "DELETE", "OPTIONS"]:
        case("length/with-" + method, f"{method} / HTTP/1.1\r\n{H}Content-Length: 5\r\n\r\nhello", "accept")
    case("length/http10", "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "accept")
    case("length/space-before-colon", f"POST / HTTP/1.1\r\n{H}Content-Length : 5\r\n\r\nhello", "reject")
    case("length/too-much", f"POST / HTTP/1.1\r\n{H}Content-Length: 5\r\n\r\nhelloX", "reject")
    case("length/line-break-after", f"POST / HTTP/1.1\r\n{H}Content-Length: 5\r\n\r\nhello\r\n", "accept")


def codings():
    end = "\r\n5\r\nhello\r\n0\r\n\r\n"
    for label, value, verdict in [
        ("chunked", "chunked", "accept"), ("upper", "CHUNKED", "accept"), ("mixed", "cHuNkEd", "accept"), ("blanks", "\t chunked \t", "accept"),
        ("twice", "chunked, chunked", "reject"), ("gzip-chunked", "gzip, chunked", "reject"), ("chunked-gzip", "chunked, gzip", "reject"),
        ("identity", "identity", "reject"), ("identity-chunked", "identity, chunked", "reject"), ("chunked-identity", "chunked, identity", "reject"),
        ("gzip", "gzip", "reject"), ("unknown", "cow", "reject"), ("empty", "", "reject"), ("leading-comma", ",chunked", "reject"), ("trailing-comma", "chunked,", "reject"),
        ("parameter", "chunked;a=b", "reject"), ("xchunked", "xchunked", "reject"), ("chunkedx", "chunkedx", "reject"), ("quoted", '"chunked"', "reject"),
        ("vertical-tab", "\x0bchunked", "reject"), ("form-feed", "chunked\x0c", "reject"), ("nul", "chunked\0", "reject"), ("space-inside", "chun ked", "reject"),
        ("high-blank", "\xa0chunked", "reject"), ("semicolon", "chunked;", "reject"), ("control", "\x01chunked", "reject"), ("fullwidth-k", "chun\xe2\x84\xaaed", "reject"),
    ]:
        case("coding/" + label, f"POST / HTTP/1.1\r\n{H}Transfer-Encoding: {value}\r\n{end}", verdict)
    two = [("both", "chunked", "chunked"), ("first", "chunked", "identity"), ("second", "identity", "chunked"), ("gzip-first", "gzip", "chunked"), ("cow", "chunked", "cow")]
    for label, one, other in two:
        case("coding/two-" + label, f"POST / HTTP/1.1\r\n{H}Transfer-Encoding: {one}\r\nTransfer-Encoding: {other}\r\n{end}", "reject")
    for label, field in [
        ("space-before-colon", "Transfer-Encoding : chunked"), ("tab-before-colon", "Transfer-Encoding\t: chunked"), ("fold", "Transfer-Encoding: \r\n chunked"),
        ("nul-name", "Transfer-Encoding\0: chunked"), ("leading-space", " Transfer-Encoding: chunked"), ("cr-name", "Transfer-Encoding\r: chunked"),
        ("vertical-tab-name", "Transfer-Encoding\x0b: chunked"),
    ]:
        case("coding/" + label, f"POST / HTTP/1.1\r\n{H}X: y\r\n{field}\r\n{end}", "reject")
    case("coding/underscore-name", f"POST / HTTP/1.1\r\n{H}Transfer_Encoding: chunked\r\nContent-Length: 0\r\n\r\n", "accept")
    case("coding/http10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + end, "reject")
    for label, value in [("cl-te", "chunked"), ("cl-te-identity", "identity"), ("cl-te-upper", "CHUNKED"), ("cl-te-list", "gzip, chunked")]:
        case("smuggle/" + label, f"POST / HTTP/1.1\r\n{H}Content-Length: 6\r\nTransfer-Encoding: {value}\r\n\r\n0\r\n\r\nG", "reject")
        case("smuggle/" + label.replace("cl-te", "te-cl"), f"POST / HTTP/1.1\r\n{H}Transfer-Encoding: {value}\r\nContent-Length: 3\r\n\r\n8\r\nSMUGGLED\r\n0\r\n\r\n", "reject")
    case("smuggle/te-te", f"POST / HTTP/1.1\r\n{H}Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "reject")
    case("smuggle/cl-zero", f"GET / HTTP/1.1\r\n{H}Content-Length: 0\r\nContent-Length: 44\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n", "reject")
    case("smuggle/cl-on-get", f"GET / HTTP/1.1\r\n{H}Content-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\n{H}\r\n", "accept")
    case("smuggle/lf-header", f"GET / HTTP/1.1\r\n{H}X: a\nContent-Length: 30\r\n\r\nGET /2 HTTP/1.1\r\n{H}\r\n", "reject")


def chunks():
    for label, body, verdict in [
        ("one", "5\r\nhello\r\n0\r\n\r\n", "accept"), ("none", "0\r\n\r\n", "accept"), ("two", "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "accept"), ("lower-hex", "a\r\n0123456789\r\n0\r\n\r\n", "accept"),
        ("upper-hex", "A\r\n0123456789\r\n0\r\n\r\n", "accept"), ("leading-zeros", "0005\r\nhello\r\n0\r\n\r\n", "accept"), ("many-zeros", "5\r\nhello\r\n000\r\n\r\n", "accept"),
        ("extension", "5;a=b\r\nhello\r\n0\r\n\r\n", "accept"), ("extension-quoted", '5;a="b;c"\r\nhello\r\n0\r\n\r\n', "accept"), ("extension-name", "5;a\r\nhello\r\n0\r\n\r\n", "accept"),
        ("extension-two", "5;a;b=c\r\nhello\r\n0\r\n\r\n", "accept"), ("extension-last", "5\r\nhello\r\n0;a=b\r\n\r\n", "accept"), ("extension-blank", "5 ;a=b\r\nhello\r\n0\r\n\r\n", "accept"),
        ("trailer", "0\r\nX: y\r\n\r\n", "accept"), ("two-trailers", "0\r\nX: y\r\nZ: w\r\n\r\n", "accept"), ("trailer-length", "0\r\nContent-Length: 5\r\n\r\n", "accept"),
        ("trailer-coding", "0\r\nTransfer-Encoding: chunked\r\n\r\n", "accept"), ("trailer-host", "0\r\nHost: b\r\n\r\n", "accept"),
        ("empty-size", "\r\nhello\r\n0\r\n\r\n", "reject"), ("not-hex", "g\r\nhello\r\n0\r\n\r\n", "reject"), ("prefix", "0x5\r\nhello\r\n0\r\n\r\n", "reject"), ("plus", "+5\r\nhello\r\n0\r\n\r\n", "reject"),
        ("minus", "-5\r\nhello\r\n0\r\n\r\n", "reject"), ("leading-space", " 5\r\nhello\r\n0\r\n\r\n", "reject"), ("trailing-space", "5 \r\nhello\r\n0\r\n\r\n", "reject"),
        ("trailing-tab", "5\t\r\nhello\r\n0\r\n\r\n", "reject"), ("underscore", "0_5\r\nhello\r\n0\r\n\r\n", "reject"), ("comma", "5,5\r\nhello\r\n0\r\n\r\n", "reject"), ("nul", "5\0\r\nhello\r\n0\r\n\r\n", "reject"),
        ("overflow-64", "10000000000000005\r\nhello\r\n0\r\n\r\n", "reject"), ("overflow-32", "100000005\r\nhello\r\n0\r\n\r\n", "reject"), ("huge", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n", "reject"),
        ("twenty-zeros", "00000000000000000005\r\nhello\r\n0\r\n\r\n", "reject"), ("bare-lf-size", "5\nhello\r\n0\r\n\r\n", "reject"), ("bare-lf-data", "5\r\nhello\n0\r\n\r\n", "reject"),
        ("bare-lf-last", "5\r\nhello\r\n0\n\n", "reject"), ("bare-cr-size", "5\rhello\r\n0\r\n\r\n", "reject"), ("no-break", "5\r\nhello0\r\n\r\n", "reject"), ("data-long", "5\r\nhelloworld\r\n0\r\n\r\n", "reject"),
        ("data-short", "6\r\nhello\r\n0\r\n\r\n", "reject"), ("cut-size", "5", "reject"), ("cut-data", "5\r\nhe", "reject"), ("cut-after-data", "5\r\nhello", "reject"), ("cut-last", "5\r\nhello\r\n0\r\n", "reject"),
        ("no-last", "5\r\nhello\r\n", "reject"), ("extension-bare-lf", "5;a\nhello\r\n0\r\n\r\n", "reject"), ("extension-cr", "5;a\rb\r\nhello\r\n0\r\n\r\n", "reject"), ("extension-nul", "5;\0\r\nhello\r\n0\r\n\r\n", "reject"),
        ("extension-control", "5;\x01\r\nhello\r\n0\r\n\r\n", "reject"), ("extension-without-mark", "5 a\r\nhello\r\n0\r\n\r\n", "reject"), ("extension-huge", "5;" + "a" * 20000 + "\r\nhello\r\n0\r\n\r\n", "reject"),
        ("trailer-no-colon", "0\r\nX\r\n\r\n", "reject"), ("trailer-space", "0\r\nX : y\r\n\r\n", "reject"), ("trailer-nul", "0\r\nX: \0\r\n\r\n", "reject"), ("trailer-fold", "0\r\nX: y\r\n z\r\n\r\n", "reject"),
        ("trailer-bare-lf", "0\r\nX: y\n\r\n", "reject"), ("trailer-huge", "0\r\nX: " + "y" * 70000 + "\r\n\r\n", "reject"), ("after-last-junk", "0\r\n\r\nX", "reject"), ("high-size", "\xd9\xa5\r\nhello\r\n0\r\n\r\n", "reject"),
        ("semicolon-only", "5;\r\nhello\r\n0\r\n\r\n", "accept"), ("size-bare-crcr", "5\r\r\nhello\r\n0\r\n\r\n", "reject"),
    ]:
        chunked(label, body, verdict)


def pipelines():
    one = f"GET /1 HTTP/1.1\r\n{H}\r\n"
    post = f"POST /2 HTTP/1.1\r\n{H}Content-Length: 2\r\n\r\nab"
    coded = f"POST /3 HTTP/1.1\r\n{H}{TE}\r\n2\r\nab\r\n0\r\n\r\n"
    for label, text, verdict in [
        ("two", one + one, "accept"), ("ten", one * 10, "accept"), ("bodies", one + post + coded + one, "accept"), ("crlf-between", post + "\r\n" + one, "accept"),
        ("two-crlf-between", post + "\r\n\r\n" + one, "reject"), ("lf-between", post + "\n" + one, "reject"), ("space-between", one + " " + one, "reject"),
        ("junk-between", one + "xyz\r\n" + one, "reject"), ("cut-second", one + "GET /2 HT", "reject"), ("bad-second", one + f"GET /2 HTTP/1.1\r\n\r\n", "reject"),
        ("smuggled-second", one + f"POST / HTTP/1.1\r\n{H}Content-Length: 3\r\n{TE}\r\n0\r\n\r\n", "reject"), ("second-http10", one + "GET / HTTP/1.0\r\n\r\n", "accept"),
        ("head-then-get", f"HEAD / HTTP/1.1\r\n{H}\r\n" + one, "accept"), ("nul-between", one + "\0" + one, "reject"), ("upgrade-rest", f"GET / HTTP/1.1\r\n{H}Connection: Upgrade\r\nUpgrade: x\r\n\r\nanything", "accept"),
        ("connect-rest", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n\0anything", "accept"),
    ]:
        case("pipeline/" + label, text, verdict)


# (names, parser, its verdict, why ours differs)
DIFFERENCES = [
    (r"target/bad-fragment", "both", "accept", "A fragment is no part of a request target (RFC 9112 3.2); the others pass it on to the application."),
    (r"target/bad-(asterisk|scheme-only|no-host|other-scheme|user|password|bad-port|unclosed-ipv6)", "both", "accept", "The others leave the form of the target to the application; we refuse all but the four forms of RFC 9112 3.2."),
    (r"target/bad-(relative|authority|query-first|backslash-first)", "h11", "accept", "h11 leaves the form of the target to the application."),
    (r"target/connect-(no-port|path)", "both", "accept", "The others leave the authority form to the application (RFC 9112 3.2.3 demands host and port)."),
    (r"target/connect-body", "both", "accept", "The others treat the body of CONNECT as tunnel bytes; we refuse a length that means nothing."),
    (r"version/(0\.9|2\.0)", "both", "accept", "The others accept versions in which this message format does not exist; we answer 505."),
    (r"version/1\.2", "h11", "accept", "h11 takes any minor version for 1.1; we answer 505, as nobody sends it in good faith."),
    (r"line/http09-bare", "node", "accept", "Node answers HTTP/0.9 requests; RFC 9112 has none."),
    (r"line/two-spaces-[12]", "node", "accept", "Node skips blanks between the parts; RFC 9112 3 allows one space exactly."),
    (r"line/(leading-lf|leading-cr|two-leading-crlf)", "node", "accept", "Node skips any line break characters before a request; we skip one empty line."),
    (r"line/(bare-lf|bare-lf-line)", "h11", "accept", "h11 takes a line feed alone for a line end, which RFC 9112 2.2 permits and request smuggling uses."),
    (r"line/(leading-crlf|only-crlf)|pipeline/crlf-between|length/line-break-after", "h11", "reject", "h11 does not skip the empty line that RFC 9112 2.2 asks servers to skip."),
    (r"line/too-long|field/head-too-long|chunked/extension-huge|chunked/trailer-huge", "h11", "accept", "h11 limits only what is incomplete; this arrives complete."),
    (r"field/hundred-and-one", "both", "accept", "The number of fields is our limit; the others limit bytes."),
    (r"field/(control|escape|delete|unit-separator)(-in-value)?", "h11", "accept", "h11 refuses only NUL and line breaks in values; RFC 9110 5.5 has no control characters there."),
    (r"field/(bare-lf-between|end-bare-lf|lf-lf)", "h11", "accept", "h11 takes a line feed alone for a line end."),
    (r"field/fold-(space|tab|empty|cl)|coding/fold|chunked/trailer-fold", "h11", "accept", "h11 unfolds lines; RFC 9112 5.2 tells servers to refuse them or do that."),
    (r"host/(empty|blank|two|space|path|user|scheme|query|fragment|bad-port|long-port|only-port|open-ipv6|close-ipv6|after-ipv6|high|backslash|quote|angle|bare-ipv6|two-ports)", "both", "accept", "The others do not look into the Host field; RFC 9112 3.2 asks for 400 when it is no host."),
    (r"host/(double|double-different|double-case|http10-double)", "node", "accept", "Node keeps the first of several Host fields; RFC 9112 3.2 asks for 400."),
    (r"expect/other", "h11", "accept", "h11 leaves unknown expectations to the application; we answer 417."),
    (r"expect/list", "both", "accept", "The others look only for the known expectation in the text; we answer 417 to the one beside it."),
    (r"length/(comma-same|comma-tight|two-same|two-case)", "h11", "accept", "h11 folds equal lengths into one, which RFC 9110 8.6 permits; we refuse every repeated length."),
    (r"coding/(gzip-chunked|identity-chunked|leading-comma|two-second|two-gzip-first)", "node", "accept", "Node accepts every list that ends in chunked and does not decode the rest; we read chunked alone and answer 501."),
    (r"coding/http10", "both", "accept", "The others read Transfer-Encoding in HTTP/1.0, where RFC 9112 6.1 calls the framing faulty."),
    (r"smuggle/te-cl(-upper)?|pipeline/smuggled-second", "h11", "accept", "h11 lets Transfer-Encoding win over Content-Length; we refuse a message with both, because another server in front may choose the other."),
    (r"chunked/trailing-(space|tab)", "h11", "accept", "h11 strips blanks after a chunk size; RFC 9112 7.1 has none there."),
    (r"chunked/twenty-zeros", "both", "accept", "The value is small; we limit the digits to 15 so that no reader can overflow."),
    (r"chunked/extension-(cr|nul|control)", "h11", "accept", "h11 does not look into chunk extensions; control characters there have been used to hide line ends."),
    (r"chunked/trailer-bare-lf", "h11", "accept", "h11 takes a line feed alone for a line end."),
    (r"chunked/extension-blank", "both", "reject", "RFC 9112 7.1.1 asks recipients to accept a blank before the semicolon; the others refuse it."),
    (r"chunked/semicolon-only", "node", "reject", "An extension without a name is dropped like any other; it moves no boundary."),
    (r"chunked/trailer-(length|coding)", "node", "reject", "Node refuses framing fields in trailers; we drop all trailers (RFC 9110 6.5.1)."),
    (r"method/own-(unknown|lower|one-letter|symbols)", "node", "reject", "Node knows a fixed list of methods; any token is well-formed, and our router answers 501 or 405."),
    (r"(length|coding)/blanks", "node", "reject", "Node takes a tab beside the value for a part of it; RFC 9110 5.5 strips it."),
    (r"pipeline/(two-crlf-between|lf-between)", "node", "accept", "Node skips any line break characters before a request; we skip one empty line."),
]

for build in [request_lines, fields, lengths, codings, chunks, pipelines]:
    build()


def expected(name, parser, ours):
    for pattern, other, verdict, reason in DIFFERENCES:
        if other in (parser, "both") and re.fullmatch(pattern, name) and verdict != ours:
            return verdict, reason
    return ours, None


def main():
    for name, data, verdict in CASES:
        row = {"name": name, "input": base64.b64encode(data).decode(), "gantry": verdict}
        reasons = {}
        for parser in ["node", "h11"]:
            row[parser], reason = expected(name, parser, verdict)
            if reason:
                reasons[parser] = reason
        if reasons:
            row["reasons"] = reasons
        print(json.dumps(row))


if __name__ == "__main__":
    main()

// Prints what Node's HTTP server says to each request stream of the corpus: one JSON line {"name", "verdict"} per case.
import http from "node:http";
import readline from "node:readline";
import { Duplex } from "node:stream";

/** accept: every byte belongs to a complete request (or to a protocol after CONNECT or an upgrade). */
function verdict(input) {
  return new Promise((resolve) => {
    let open = 0;
    let isRefused = false;
    let isSwitched = false;
    const server = http.createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
      open += 1;
      request.on("end", () => {
        open -= 1;
        response.end();
      });
      request.on("error", () => {});
      request.resume();
    });
    server.on("clientError", () => {
      isRefused = true;
    });
    server.on("checkExpectation", (request, response) => {
      isRefused = true;
      response.end();
    });
    const onSwitch = () => {
      isSwitched = true;
    };
    server.on("upgrade", onSwitch);
    server.on("connect", onSwitch);
    let output = "";
    const socket = new Duplex({
      read() {},
      write(chunk, encoding, done) {
        output += chunk.toString("latin1");
        done();
      },
    });
    socket.setTimeout = () => socket;
    socket.setNoDelay = () => socket;
    socket.setKeepAlive = () => socket;
    socket.on("error", () => {});
    server.emit("connection", socket);
    socket.push(input);
    let turns = 0;
    const settle = () => {
      turns += 1;
      if (turns === 4) socket.push(null);
      if (turns < 12) return setImmediate(settle);
      const isErrorReply = / [45]\d\d /.test(output.split("\r\n").filter((line) => line.startsWith("HTTP/")).join("\n"));
      const isComplete = isSwitched || open === 0;
      socket.destroy();
      server.close();
      resolve(!isRefused && !isErrorReply && isComplete ? "accept" : "reject");
    };
    setImmediate(settle);
  });
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === "") continue;
  const test = JSON.parse(line);
  console.log(JSON.stringify({ name: test.name, verdict: await verdict(Buffer.from(test.input, "base64")) }));
}
process.exit(0);

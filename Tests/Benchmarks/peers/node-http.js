// The peer of the HTTP row: Node's own http server with a reply of the same size and the same headers as /healthz.
const http = require('node:http');
const body = Buffer.from('{"status":"ok"}');
const server = http.createServer({ keepAlive: true }, (request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

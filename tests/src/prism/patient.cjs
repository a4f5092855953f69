// Read by Node.js before Prism: its server keeps an idle connection open until the other side ends it. Left to itself it closes one
// after five seconds, which on a busy machine meets the next request half-way.
const http = require('node:http');

const create = http.createServer;
http.createServer = (...rest) => Object.assign(create(...rest), { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });

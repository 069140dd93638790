/// The edge: TLS, HTTP/1.1, HTTP/2, WebSocket, SPDY, unix sockets.
package dev.longshore.http;

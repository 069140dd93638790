package dev.longshore.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// Turns the two upgrades that have a protocol of their own into plain hijacks of the connection.
final class Upgrades {

    private static final String WEB_SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Upgrades() {}

    static Response asHijack(Request request, Response response) {
        return switch (response) {
            case Response.WebSocketUpgrade upgrade -> webSocket(request, upgrade);
            case Response.SpdyUpgrade upgrade -> spdy(upgrade);
            case Response.Full _, Response.Stream _, Response.Hijack _ -> response;
        };
    }

    /// What the server proves with, RFC 6455 section 4.2.2.
    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + WEB_SOCKET_GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static Response webSocket(Request request, Response.WebSocketUpgrade upgrade) {
        String key = request.headers().first("Sec-WebSocket-Key").orElse("");
        if (!WebSocket.wants(request) || key.isBlank()) {
            return Response.text(400, "this needs a WebSocket\n");
        }
        if (!request.headers().first("Sec-WebSocket-Version").orElse("").equals("13")) {
            return new Response.Full(426, Headers.of("Sec-WebSocket-Version", "13"), new byte[0]);
        }
        Headers headers = Headers.of(
                "Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Accept", accept(key.strip()));
        if (upgrade.subprotocol().isPresent()) {
            headers =
                    headers.with("Sec-WebSocket-Protocol", upgrade.subprotocol().get());
        }
        return new Response.Hijack(101, headers, (in, out) -> {
            var socket = new FramedWebSocket(in, out, false, upgrade.subprotocol());
            int code = 1011;
            try {
                upgrade.session().serve(socket);
                code = 1000;
            } finally {
                socket.close(code, "");
            }
        });
    }

    private static Response spdy(Response.SpdyUpgrade upgrade) {
        Headers headers = upgrade.headers()
                .without("Upgrade")
                .without("Connection")
                .with("Upgrade", "SPDY/3.1")
                .with("Connection", "Upgrade");
        return new Response.Hijack(101, headers, (in, out) -> {
            SpdyConnection connection = FramedSpdyConnection.start(in, out);
            try {
                upgrade.session().serve(connection);
            } finally {
                connection.close();
            }
        });
    }
}

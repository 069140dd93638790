package dev.longshore.runtime.streaming;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Begins lasting conversations with containers in the protocol that a client asks for: WebSocket in its versions, or
/// SPDY/3.1. What cannot be begun is answered by a status and a sentence.
public final class Conversations {

    private Conversations() {}

    /// Exec or attach.
    ///
    /// @param options which streams the client will open
    public static Response command(Request request, StreamOptions options, RemoteSession session, Time time) {
        if (WebSocket.wants(request)) {
            boolean offers = request.headers().first("Sec-WebSocket-Protocol").isPresent();
            Optional<String> protocol = WebSocket.choose(request, WebSocketSession.PROTOCOLS);
            if (offers && protocol.isEmpty()) {
                return Response.text(403, new String(WebSocketSession.refusal(), StandardCharsets.UTF_8));
            }
            return new Response.WebSocketUpgrade(protocol, new WebSocketSession(options, session));
        }
        if (wantsNoSpdy(request)) {
            return upgradeRequired();
        }
        Optional<String> version = SpdySession.choose(request);
        if (version.isEmpty()) {
            return Response.text(403, "unable to upgrade: none of the stream protocol versions offered is spoken here");
        }
        boolean offers = request.headers().first(SpdySession.VERSION).isPresent();
        return new Response.SpdyUpgrade(
                offers ? Headers.of(SpdySession.VERSION, version.get()) : Headers.EMPTY,
                new SpdySession(options, session, time, version.get()));
    }

    /// Whether a client names its ports before it begins: the older WebSocket protocol of port-forward.
    public static boolean namesPorts(Request request) {
        return WebSocket.wants(request) && !isTunnel(request);
    }

    /// Port-forward.
    ///
    /// @param pod for messages
    /// @param ports those that [#namesPorts] speaks of
    public static Response forward(Request request, Forward forward, String pod, List<Integer> ports) {
        var session = new PortForwardSession(forward, pod);
        if (isTunnel(request)) {
            return new Response.WebSocketUpgrade(Optional.of(PortForwardSession.TUNNEL), session);
        }
        if (WebSocket.wants(request)) {
            return new Response.WebSocketUpgrade(
                    WebSocket.choose(request, OldPortForwardSession.PROTOCOLS),
                    new OldPortForwardSession(forward, ports));
        }
        if (wantsNoSpdy(request)) {
            return upgradeRequired();
        }
        return new Response.SpdyUpgrade(Headers.of(SpdySession.VERSION, PortForwardSession.PROTOCOL), session);
    }

    private static boolean isTunnel(Request request) {
        return WebSocket.wants(request)
                && WebSocket.choose(request, List.of(PortForwardSession.TUNNEL)).isPresent();
    }

    private static boolean wantsNoSpdy(Request request) {
        return !request.headers().hasToken("Upgrade", "SPDY/3.1");
    }

    private static Response upgradeRequired() {
        return Response.text(400, "Upgrade request required");
    }

    /// Joins a client's connection to a port of the pod until either side ends.
    @FunctionalInterface
    public interface Forward {
        void forward(int port, InputStream in, OutputStream out) throws InterruptedException;
    }
}

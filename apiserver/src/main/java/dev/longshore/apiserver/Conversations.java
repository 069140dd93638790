package dev.longshore.apiserver;

import dev.longshore.apiserver.relay.Relay;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.WebSocket;
import dev.longshore.model.ConnectTarget;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Subresource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Leads requests on to kubelets and workloads, and says in the API's own words what these refuse.
final class Conversations {

    private static final int MOST_WORDS = 50_000;

    private final ConnectDialer dialer;
    private final Permission permission;

    Conversations(ConnectDialer dialer, Permission permission) {
        this.dialer = dialer;
        this.permission = permission;
    }

    /// WebSockets begin with GET, also where something is set in motion: who may only read must not.
    ///
    /// @throws FaultException if the user may not
    void requireMayBegin(Subresource.Action action, Exchange exchange) {
        RequestInfo info = exchange.info();
        if (action.answer() != Subresource.Answer.STREAM || !info.verb().equals("get")) {
            return;
        }
        permission.require(info.attributes(exchange.call().user()).withVerb("create"));
    }

    /// What `target` answers.
    Response connect(Subresource.Action action, ConnectTarget target, Exchange exchange) throws InterruptedException {
        Request request = exchange.request();
        if (action.answer() == Subresource.Answer.STREAM && !Relay.isUpgrade(request)) {
            throw new FaultException(new Fault.BadRequest("Upgrade request required"));
        }
        try {
            boolean isText = action.answer() == Subresource.Answer.TEXT;
            boolean isMessages = isText && WebSocket.wants(request);
            Response answer =
                    dialer.connect(target, isMessages ? request.with(TextOverWebSocket.plain(request)) : request);
            if (isText) {
                requireGood(answer, exchange.info());
            }
            return isMessages && answer instanceof Response.Stream text
                    ? new Response.WebSocketUpgrade(
                            WebSocket.choose(request, TextOverWebSocket.PROTOCOLS), new TextOverWebSocket(text.body()))
                    : answer;
        } catch (IOException unreachable) {
            boolean isProxy = action.answer() == Subresource.Answer.PROXY;
            String words = NetworkFailure.words(unreachable);
            Fault why = isProxy
                    ? new Fault.Unavailable("error trying to reach service: " + words)
                    : new Fault.Foreign(500, "InternalError", "error dialing backend: " + words);
            throw new FaultException(why, unreachable);
        }
    }

    /// A text that is not there is no text: the refusal becomes a Status.
    private static void requireGood(Response answer, RequestInfo info) throws IOException, InterruptedException {
        int status = answer.status();
        if (status >= 200 && status <= 206) {
            return;
        }
        String words = words(answer);
        String what = " ( %s/%s %s)".formatted(info.resource(), info.subresource(), info.name());
        throw new FaultException(
                switch (status) {
                    case 400 -> new Fault.BadRequest(words);
                    case 401 ->
                        new Fault.Foreign(
                                status,
                                "Unauthorized",
                                "the server has asked for the client to provide credentials" + what);
                    case 403 -> new Fault.Foreign(status, "Forbidden", words + what);
                    case 404 ->
                        new Fault.Foreign(
                                status, "NotFound", "the server could not find the requested resource" + what);
                    case 422 ->
                        new Fault.Foreign(
                                status,
                                "Invalid",
                                "the server rejected our request due to an error in our request" + what);
                    case 500 -> new Fault.Internal("Internal error occurred: " + words);
                    default ->
                        new Fault.Foreign(status, "", "the server responded with the status code " + status + what);
                });
    }

    private static String words(Response answer) throws IOException, InterruptedException {
        return switch (answer) {
            case Response.Full full -> new String(full.body(), StandardCharsets.UTF_8);
            case Response.Stream stream -> {
                var kept = new ByteArrayOutputStream();
                stream.body().writeTo(new OutputStream() {
                    @Override
                    public void write(int b) {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] from, int offset, int length) {
                        kept.write(from, offset, Math.min(length, MOST_WORDS - kept.size()));
                    }
                });
                yield kept.toString(StandardCharsets.UTF_8);
            }
            case Response.Hijack _, Response.WebSocketUpgrade _, Response.SpdyUpgrade _ -> "";
        };
    }
}

package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.WebSocket;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A bearer token among the subprotocols that a WebSocket offers, which is the only header that a page in a browser
/// can write: `base64url.bearer.authorization.k8s.io.TOKEN`, the token in base 64 for URLs without padding.
final class TokenProtocol {

    private static final String HEADER = "Sec-WebSocket-Protocol";
    private static final String PREFIX = "base64url.bearer.authorization.k8s.io.";

    private TokenProtocol() {}

    /// The subprotocols that `request` offers, in its order.
    static List<String> offered(Request request) {
        var offered = new ArrayList<String>();
        for (String line : request.headers().all(HEADER)) {
            for (String offer : line.split(",")) {
                if (!offer.isBlank()) {
                    offered.add(offer.strip());
                }
            }
        }
        return offered;
    }

    /// The token, if there is one.
    ///
    /// @throws FaultException with [Fault.Unauthorized] when there are two, or it cannot be read, or nothing else
    /// is offered, which the answer could name
    static Optional<String> token(Request request) {
        if (!WebSocket.wants(request)) {
            return Optional.empty();
        }
        List<String> offered = offered(request);
        List<String> tokens =
                offered.stream().filter(offer -> offer.startsWith(PREFIX)).toList();
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        String token = decoded(tokens.getFirst().substring(PREFIX.length()));
        boolean isAlone = tokens.size() == offered.size();
        if (tokens.size() > 1 || isAlone && !token.isEmpty()) {
            throw unauthorized(null);
        }
        return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }

    /// `request` without the token: nobody behind shall see it.
    static Request stripped(Request request) {
        List<String> offered = offered(request);
        if (offered.stream().noneMatch(offer -> offer.startsWith(PREFIX))) {
            return request;
        }
        List<String> others =
                offered.stream().filter(offer -> !offer.startsWith(PREFIX)).toList();
        Headers headers = request.headers().without(HEADER);
        return new Request(
                request.method(),
                request.path(),
                request.rawTarget(),
                request.query(),
                others.isEmpty() ? headers : headers.with(HEADER, String.join(", ", others)),
                request.body(),
                request.peer(),
                request.attributes());
    }

    private static String decoded(String text) {
        try {
            if (text.indexOf('=') >= 0) {
                throw unauthorized(null);
            }
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException unreadable) {
            throw unauthorized(unreadable);
        }
    }

    private static FaultException unauthorized(Throwable cause) {
        return new FaultException(new Fault.Unauthorized("Unauthorized"), cause);
    }
}

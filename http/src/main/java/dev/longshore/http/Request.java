package dev.longshore.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/// One HTTP request. The body is read by blocking; whoever handles the request reads it at most once.
///
/// @param method in upper case
/// @param path percent-decoded, starting with `/`, without the query
/// @param rawTarget path and query exactly as they were sent
/// @param attributes facts that filters add for handlers behind them, by the class of the fact
public record Request(
        String method,
        String path,
        String rawTarget,
        Query query,
        Headers headers,
        InputStream body,
        Peer peer,
        Map<Class<?>, Object> attributes) {

    public Request {
        attributes = Map.copyOf(attributes);
    }

    /// A request within this process: `target` is path and query, encoded.
    public static Request local(String method, String target, Headers headers, byte[] body) {
        int question = target.indexOf('?');
        String rawPath = question < 0 ? target : target.substring(0, question);
        Query query = question < 0 ? Query.EMPTY : Query.parse(target.substring(question + 1));
        return new Request(
                method,
                Paths.decode(rawPath),
                target,
                query,
                headers,
                new ByteArrayInputStream(body),
                Peer.LOCAL,
                Map.of());
    }

    /// The fact of type `type` that a filter added.
    public <T> Optional<T> attribute(Class<T> type) {
        return Optional.ofNullable(type.cast(attributes.get(type)));
    }

    /// This request and one fact more, which replaces an older one of the same type.
    public <T> Request with(Class<T> type, T fact) {
        var more = new java.util.HashMap<>(attributes);
        more.put(type, fact);
        return new Request(method, path, rawTarget, query, headers, body, peer, more);
    }

    /// This request with other headers.
    public Request with(Headers others) {
        return others == headers ? this : new Request(method, path, rawTarget, query, others, body, peer, attributes);
    }
}

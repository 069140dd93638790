package dev.longshore.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Map;

/// Makes a [Request] out of what the wire said.
final class RequestHeads {

    private RequestHeads() {}

    static Request request(String method, String target, Headers headers, InputStream body, Peer peer) {
        String raw = originForm(target);
        int question = raw.indexOf('?');
        String rawPath = question < 0 ? raw : raw.substring(0, question);
        Query query = question < 0 ? Query.EMPTY : Query.parse(raw.substring(question + 1));
        return new Request(method, Paths.decode(rawPath), raw, query, headers, body, peer, Map.of());
    }

    static Headers headers(HttpHeaders wire) {
        var pairs = new ArrayList<String>(wire.size() * 2);
        wire.forEach(field -> {
            pairs.add(field.getKey());
            pairs.add(field.getValue());
        });
        return Headers.of(pairs.toArray(String[]::new));
    }

    /// Clients of proxies send `GET http://host/path`; whom they meant is in the Host field anyway.
    private static String originForm(String target) {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        if (scheme < 0) {
            return target;
        }
        int slash = target.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }
}

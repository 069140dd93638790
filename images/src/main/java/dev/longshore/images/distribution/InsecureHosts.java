package dev.longshore.images.distribution;

import dev.longshore.base.Time;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How registries that the operator calls insecure, and this machine's own, are spoken to: as Docker does it, by TLS
/// with whatever certificate they show, and in the open if they speak no TLS. Found out once a minute. Thread-safe.
final class InsecureHosts {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration LIFE = Duration.ofMinutes(1);

    private final HttpClients http;
    private final Time time;
    private final Map<String, Found> known = new ConcurrentHashMap<>();

    InsecureHosts(HttpClients http, Time time) {
        this.http = http;
        this.time = time;
    }

    private record Found(String scheme, long at) {}

    /// `https` or `http`.
    String scheme(String host) throws InterruptedException {
        Found found = known.get(host);
        if (found != null && time.nanoTime() - found.at() < LIFE.toNanos()) {
            return found.scheme();
        }
        URI base = URI.create("https://" + host + "/v2/");
        String scheme;
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(base).timeout(LIMIT), base, HttpResponse.BodyHandlers.discarding());
            // A proxy that gets no connection answers in the registry's place.
            scheme = answer.sslSession().isPresent() ? "https" : "http";
        } catch (ConnectException away) {
            return "http"; // Whoever asks there hears that it is away; later it may be back.
        } catch (IOException noTls) {
            scheme = "http";
        }
        known.put(host, new Found(scheme, time.nanoTime()));
        return scheme;
    }
}

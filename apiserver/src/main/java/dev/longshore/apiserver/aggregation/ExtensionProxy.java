package dev.longshore.apiserver.aggregation;

import dev.longshore.apiserver.relay.Deadline;
import dev.longshore.apiserver.relay.Relay;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.ServiceRouter;
import dev.longshore.model.ServiceRouter.Address;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Leads requests on to the servers behind APIServices. Who asks and whether they may was found out before; the
/// path goes on as we have read it, so that both servers read the same.
///
/// ```
/// not available, nobody behind the Service ─► 503 "service unavailable"
/// nobody answers                           ─► 503 "error trying to reach service: …"
/// unreadable caBundle                      ─► 500
/// a redirect                               ─► 502: it would lead clients, with their credentials, elsewhere
/// ```
final class ExtensionProxy {

    /// Discovery is cheap, and many wait for it.
    private static final Duration DISCOVERY_LIMIT = Duration.ofSeconds(5);
    private static final int DISCOVERY_STEPS = 3;

    private static final String UNAVAILABLE = "service unavailable";
    private static final List<String> CROSS_ORIGIN = List.of(
            "Access-Control-Allow-Credentials",
            "Access-Control-Allow-Headers",
            "Access-Control-Allow-Methods",
            "Access-Control-Allow-Origin");
    private static final String PLAIN_IN_PATHS = "-._~$&+,/:;=@!'()*";

    private final ServiceRouter router;
    private final Registry registry;
    private final ExtensionDialers dialers;
    private final Time time;

    ExtensionProxy(ServiceRouter router, Registry registry, ExtensionDialers dialers, Time time) {
        this.router = router;
        this.registry = registry;
        this.dialers = dialers;
        this.time = time;
    }

    /// What the server behind `to` answers.
    ///
    /// @param user who asks
    /// @param limit how long the whole answer may take; empty for as long as both sides like
    Response forward(ApiRegistration to, Request request, UserInfo user, Optional<Duration> limit)
            throws IOException, InterruptedException {
        if (!to.isAvailable()) {
            return text(503, UNAVAILABLE);
        }
        if (hasDots(request.path())) {
            // Whoever tidies such a path up reads another one than we have authorized.
            return text(404, "404 page not found");
        }
        Address address;
        try {
            address = router.resolve(registry, to.destination().orElseThrow());
        } catch (FaultException nobody) {
            return text(503, UNAVAILABLE);
        }
        try {
            return send(dialers.to(to, address), address, request, user, limit);
        } catch (ExtensionDialers.UnreadableTrustException broken) {
            return text(500, broken.getMessage());
        }
    }

    private Response send(HttpDialer dialer, Address address, Request request, UserInfo user, Optional<Duration> limit)
            throws IOException {
        String path = encoded(request.path());
        String query = new Query(new TreeMap<>(request.query().parameters())).encode();
        String target = query.isEmpty() ? path : path + "?" + query;
        Headers headers = ProxyHeaders.forwarded(request, user, path, address.host() + ":" + address.port());
        long begun = time.nanoTime();
        boolean isUpgrade = Relay.isUpgrade(request);
        // The client's own limit is somebody else's affair, until the answer has begun.
        Optional<Duration> ours = isDiscovery(request)
                ? Optional.of(DISCOVERY_LIMIT)
                        .filter(span ->
                                limit.filter(own -> own.compareTo(span) < 0).isEmpty())
                : Optional.empty();
        try (Deadline deadline = deadline(ours)) {
            try {
                return isUpgrade
                        ? Relay.upgrade(dialer, target, request, headers, () -> {})
                        : exchange(dialer, Relay.call(target, request, headers), begun, limit);
            } catch (Relay.NoUpgradeException odd) {
                return text(503, odd.getMessage());
            } catch (IOException unreachable) {
                boolean isOurs = deadline.isOver();
                if (!isOurs && Thread.currentThread().isInterrupted()) {
                    // The client's own limit, or the client has left.
                    throw unreachable;
                }
                String why = isOurs ? "context deadline exceeded" : Reasons.of(unreachable, address);
                return text(503, (isUpgrade ? "error dialing backend: " : "error trying to reach service: ") + why);
            }
        }
    }

    private Deadline deadline(Optional<Duration> limit) {
        return limit.map(span -> Deadline.begin(time, span)).orElseGet(Deadline::never);
    }

    private Response exchange(HttpDialer dialer, HttpDialer.Call call, long begun, Optional<Duration> limit)
            throws IOException {
        HttpDialer.Answer answer = dialer.exchange(call, Duration.ZERO);
        boolean isRedirect = answer.status() >= 300 && answer.status() <= 399;
        if (isRedirect && answer.headers().first("Location").isPresent()) {
            answer.close();
            return new Response.Full(
                    502,
                    Headers.EMPTY,
                    "the backend attempted to redirect this request, which is not permitted"
                            .getBytes(StandardCharsets.UTF_8));
        }
        return new Response.Stream(answer.status(), answered(answer.headers()), out -> {
            Optional<Duration> left = limit.map(span -> span.minusNanos(time.nanoTime() - begun));
            try (answer;
                    var _ = deadline(left)) {
                Relay.copy(answer.body(), out);
            }
        });
    }

    private static Headers answered(Headers headers) {
        Headers kept = Relay.endToEnd(headers);
        for (String name : CROSS_ORIGIN) {
            kept = kept.without(name);
        }
        Optional<Long> length = Relay.length(headers);
        return length.isPresent() ? kept.with("Content-Length", Long.toString(length.get())) : kept;
    }

    private static boolean isDiscovery(Request request) {
        return request.path().replaceAll("^/+|/+$", "").split("/", -1).length == DISCOVERY_STEPS;
    }

    private static boolean hasDots(String path) {
        return List.of(path.split("/", -1)).stream().anyMatch(step -> step.equals(".") || step.equals(".."));
    }

    private static String encoded(String path) {
        var text = new StringBuilder();
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (each & 0xff);
            boolean isPlain = letter < 0x80 && Character.isLetterOrDigit(letter) || PLAIN_IN_PATHS.indexOf(letter) >= 0;
            text.append(isPlain ? String.valueOf(letter) : "%%%02X".formatted((int) letter));
        }
        return text.toString();
    }

    private static Response text(int status, String what) {
        return new Response.Full(
                status,
                Headers.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"),
                (what + "\n").getBytes(StandardCharsets.UTF_8));
    }
}

package dev.longshore.apiserver;

import dev.longshore.apiserver.relay.KubeconfigUser;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Registry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// Calls webhooks over TLS: by URL, or a service of the cluster by its address, whose certificate must name it
/// `NAME.NAMESPACE.svc`. Whoever the bundle of authorities names is believed, or those that the JDK believes where
/// there is none. Connections are kept. Redirects are not followed: they could lead anywhere. Thread-safe.
public final class WebhookDialer implements OutboundCall {

    private static final Headers HEADERS = Headers.of(
            "Accept",
            "application/json, */*",
            "Content-Type",
            "application/json",
            "User-Agent",
            "kube-apiserver-admission");

    private final Supplier<Registry> registry;
    private final Time time;
    private final WebhookCredentials credentials;
    private final WebhookConnections connections;

    /// @param registry where services are looked up
    /// @param time limits calls
    public WebhookDialer(Supplier<Registry> registry, Time time) {
        this(registry, time, WebhookCredentials.NONE);
    }

    /// As the other, and says who calls.
    public WebhookDialer(Supplier<Registry> registry, Time time, WebhookCredentials credentials) {
        this.credentials = credentials;
        this.registry = registry;
        this.time = time;
        this.connections = new WebhookConnections(time);
    }

    @Override
    public JsonNode post(JsonNode client, JsonNode body, Duration limit) throws Failed {
        WebhookPlace place = WebhookPlace.of(client);
        // Back ends are told in whole seconds how long they have.
        long seconds = limit.plusSeconds(1).minusNanos(1).toSeconds();
        String target = place.path() + "?timeout=" + seconds + "s";
        try {
            KubeconfigUser user = credentials.of(place.host(), place.port());
            var call = HttpDialer.Call.repeatable("POST", target, user.shownIn(HEADERS), Json.bytes(body));
            String address = place.address(registry.get());
            HttpDialer dialer =
                    connections.to(address, place, client.path("caBundle").asString(""), user.identity());
            WebhookAnswer answer = within(limit, () -> {
                try (HttpDialer.Answer raw = dialer.exchange(call, limit)) {
                    return WebhookAnswer.read(raw);
                }
            });
            return answer.json();
        } catch (IOException unreachable) {
            throw new Failed(
                    "Post \"" + place.origin() + target + "\": " + NetworkFailure.words(unreachable), unreachable);
        }
    }

    /// What takes part of a connection's time.
    @FunctionalInterface
    private interface Exchange {
        WebhookAnswer run() throws IOException;
    }

    /// On a thread of its own: a server that sends a byte now and then would outlast any limit of single reads.
    private WebhookAnswer within(Duration limit, Exchange exchange) throws IOException {
        var isOver = new AtomicBoolean();
        var work = new FutureTask<>(exchange::run);
        Thread worker = Thread.ofVirtual().name("webhook").start(work);
        Time.Timer timer = time.schedule(limit, () -> {
            isOver.set(true);
            worker.interrupt();
        });
        try {
            return work.get();
        } catch (InterruptedException stopped) {
            worker.interrupt();
            Thread.currentThread().interrupt();
            throw new IOException("context canceled", stopped);
        } catch (ExecutionException failed) {
            throw isOver.get() ? new IOException(NetworkFailure.LATE, failed) : unwrapped(failed);
        } finally {
            timer.cancel();
        }
    }

    private static IOException unwrapped(ExecutionException failed) {
        return switch (failed.getCause()) {
            case IOException broken -> broken;
            case RuntimeException bug -> throw bug;
            default -> new IOException(failed.getCause());
        };
    }
}

package dev.longshore.client;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.util.Optional;

/// What a client asks of the server in its own process, for whoever wants to count it; watches count as they begin.
/// Thread-safe.
public final class ClientCalls {

    private volatile Optional<Told> told = Optional.empty();

    ClientCalls() {}

    /// Told of each request that was answered. Called on any thread; must not block.
    @FunctionalInterface
    public interface Listener {
        /// @param host as the client calls it, with its port if it has one
        /// @param code the status, or `<error>` where there was none
        /// @param nanos until the answer began
        void called(String method, String host, String code, long nanos, boolean isWatch);
    }

    private record Told(Listener listener, Time time) {}

    /// Those of a client that works within this process.
    public static Optional<ClientCalls> of(KubernetesClient client) {
        return client.getHttpClient() instanceof InProcessTransport own ? Optional.of(own.calls()) : Optional.empty();
    }

    /// Tells `listener` from now on.
    public void tell(Listener listener, Time time) {
        told = Optional.of(new Told(requireNonNull(listener, "listener"), requireNonNull(time, "time")));
    }

    /// A request begins.
    Call begin(String method, URI uri, boolean isWatch) {
        String host = uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
        return new Call(
                told,
                method,
                host,
                isWatch,
                told.map(known -> known.time().nanoTime()).orElse(0L));
    }

    /// One request.
    record Call(Optional<Told> told, String method, String host, boolean isWatch, long since) {

        void answered(int status) {
            over(Integer.toString(status));
        }

        void failed() {
            over("<error>");
        }

        private void over(String code) {
            told.ifPresent(known ->
                    known.listener().called(method, host, code, known.time().nanoTime() - since, isWatch));
        }
    }
}

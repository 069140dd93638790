package dev.longshore.apiserver;

import dev.longshore.apiserver.relay.Relay;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsClient;
import dev.longshore.model.ConnectTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A [ConnectDialer] that dials: kubelets over TLS that the cluster's CA vouches for, workloads as they are.
public final class BackendDialer implements ConnectDialer {

    private final TlsClient kubelets;
    private final TlsClient workloads;

    /// @param kubelets who vouches for kubelets, and what we show them
    public BackendDialer(TlsClient kubelets) {
        this.kubelets = kubelets;
        this.workloads = TlsClient.of(new HttpDialer.Tls(List.of(), Optional.empty(), Optional.empty()));
    }

    @Override
    public Response connect(ConnectTarget target, Request request) throws IOException {
        HttpDialer dialer = dialer(target);
        String query = new Query(target.query()).encode();
        String path = query.isEmpty() ? target.path() : target.path() + "?" + query;
        try {
            return Relay.isUpgrade(request)
                    ? Relay.upgrade(dialer, path, request, Relay.endToEnd(request.headers()), dialer::close)
                    : exchange(dialer, path, request);
        } catch (IOException unreachable) {
            dialer.close();
            throw unreachable;
        }
    }

    private HttpDialer dialer(ConnectTarget target) {
        boolean isPlain = target.scheme().equals("http");
        return switch (target.trust()) {
            case KUBELET -> HttpDialer.tls(target.host(), target.port(), kubelets);
            case WORKLOAD ->
                isPlain
                        ? HttpDialer.tcp(target.host(), target.port())
                        : HttpDialer.tls(target.host(), target.port(), workloads);
        };
    }

    private static Response exchange(HttpDialer dialer, String path, Request request) throws IOException {
        HttpDialer.Answer answer =
                dialer.exchange(Relay.call(path, request, Relay.endToEnd(request.headers())), Duration.ZERO);
        return new Response.Stream(answer.status(), Relay.endToEnd(answer.headers()), out -> {
            try (answer) {
                Relay.copy(answer.body(), out);
            } finally {
                dialer.close();
            }
        });
    }
}

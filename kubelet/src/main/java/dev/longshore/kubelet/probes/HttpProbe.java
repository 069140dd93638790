package dev.longshore.kubelet.probes;

import dev.longshore.base.Time;
import dev.longshore.kubelet.probes.HttpExchange.Answer;
import dev.longshore.kubelet.probes.HttpExchange.Place;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Asks over HTTP whether a container is well, or tells it something. Redirects are followed within the host that
/// was asked first, and no further: elsewhere would say nothing about this container.
final class HttpProbe {

    private static final int SMALLEST_SUCCESS = 200;
    private static final int SMALLEST_REDIRECT = 300;
    private static final int SMALLEST_FAILURE = 400;
    private static final int MOST_REDIRECTS = 10;
    private static final String PROBES = "kube-probe/1.36";
    private static final String TELLS = "kube-lifecycle/1.36";

    private final Time time;

    HttpProbe(Time time) {
        this.time = time;
    }

    /// Whether what it answers is a success.
    Verdict get(HTTPGetAction spec, Target target, Duration limit) {
        Place first = place(spec, target);
        Place place = first;
        try (var attempt = new Attempt(limit)) {
            for (int redirects = 0; ; redirects++) {
                Answer answer = attempt.get(place, spec, PROBES);
                Optional<Place> next =
                        isFollowed(answer.status()) ? answer.location().flatMap(place::follow) : Optional.empty();
                if (next.isEmpty() || !next.get().host().equals(first.host())) {
                    return verdict(answer);
                }
                if (redirects == MOST_REDIRECTS - 1) {
                    return Verdict.failure("Get \"%s\": stopped after %d redirects"
                            .formatted(next.get().url(), MOST_REDIRECTS));
                }
                place = next.get();
            }
        } catch (IOException failure) {
            return Verdict.failure("Get \"%s\": %s".formatted(place.url(), words(failure)));
        }
    }

    /// Tells it; any answer will do. A server that speaks no TLS is told without.
    Verdict tell(HTTPGetAction spec, Target target, Duration limit) {
        Place place = place(spec, target);
        try (var attempt = new Attempt(limit)) {
            attempt.get(place, spec, TELLS);
            return Verdict.success("");
        } catch (SSLException noTls) {
            Place plain = new Place(false, place.host(), place.port(), place.path());
            try (var attempt = new Attempt(limit)) {
                attempt.get(plain, spec, TELLS);
                return Verdict.warning("request to HTTPS lifecycle hook %s got HTTP response, retry with HTTP succeeded"
                        .formatted(place.authority()));
            } catch (IOException failure) {
                return Verdict.failure("Get \"%s\": %s".formatted(place.url(), words(noTls)));
            }
        } catch (IOException failure) {
            return Verdict.failure("Get \"%s\": %s".formatted(place.url(), words(failure)));
        }
    }

    private static Place place(HTTPGetAction spec, Target target) {
        int port = target.port(spec.getPort());
        String host = isSet(spec.getHost()) ? spec.getHost() : target.address();
        boolean isTls = "HTTPS".equalsIgnoreCase(spec.getScheme());
        String path =
                !isSet(spec.getPath()) ? "/" : spec.getPath().startsWith("/") ? spec.getPath() : "/" + spec.getPath();
        return new Place(isTls, host, port, path);
    }

    private static boolean isFollowed(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    private static Verdict verdict(Answer answer) {
        if (answer.status() < SMALLEST_SUCCESS || answer.status() >= SMALLEST_FAILURE) {
            return Verdict.failure("HTTP probe failed with statuscode: " + answer.status());
        }
        return answer.status() >= SMALLEST_REDIRECT
                ? Verdict.warning("Probe terminated redirects, Response body: " + answer.body())
                : Verdict.success(answer.body());
    }

    static String words(IOException failure) {
        return switch (failure) {
            case SocketTimeoutException late ->
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
            case ConnectException refused -> "connect: connection refused";
            case SocketException closed
            when "Socket closed".equals(closed.getMessage()) ->
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static boolean isSet(String text) {
        return text != null && !text.isEmpty();
    }

    /// One or a few requests that together take no longer than the limit: a server that sends a byte now and then
    /// would outlast the socket's own.
    private final class Attempt implements AutoCloseable {
        private final int millis;
        private final Time.Timer end;
        private volatile Socket socket = new Socket();
        private volatile boolean isOver;

        Attempt(Duration limit) {
            this.millis = Math.toIntExact(limit.toMillis());
            this.end = time.schedule(limit, this::cut);
        }

        Answer get(Place place, HTTPGetAction spec, String agent) throws IOException {
            try (var one = new Socket()) {
                socket = one;
                if (isOver) {
                    throw new SocketTimeoutException();
                }
                return HttpExchange.get(one, place, spec.getHttpHeaders(), agent, millis);
            }
        }

        private void cut() {
            isOver = true;
            try {
                socket.close();
            } catch (IOException gone) {
                // Then there is nothing to cut.
            }
        }

        @Override
        public void close() throws IOException {
            end.cancel();
            socket.close();
        }
    }
}

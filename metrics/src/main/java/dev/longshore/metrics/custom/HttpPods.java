package dev.longshore.metrics.custom;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.HttpDialer.Answer;
import dev.longshore.http.HttpDialer.Call;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Pods at their own addresses, as [ScrapeTarget] finds them. Nothing is shown to them, their certificates are not
/// checked, and no redirect is followed.
public final class HttpPods implements PodSource {

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 8 << 20;
    private static final Headers HEADERS =
            Headers.of("Accept", "text/plain;version=0.0.4", "User-Agent", "longshore-metrics");

    private final Time time;

    /// @param time by which they have to answer
    public HttpPods(Time time) {
        this.time = time;
    }

    @Override
    public boolean hasMetrics(Pod pod) {
        return ScrapeTarget.of(pod).isPresent();
    }

    @Override
    public String read(Pod pod) throws IOException {
        ScrapeTarget target = ScrapeTarget.of(pod).orElseThrow(() -> new IOException("it says nothing of metrics"));
        Time.Timer limit = time.schedule(LONGEST, Thread.currentThread()::interrupt);
        try (HttpDialer dialer = dialer(target);
                Answer answer = dialer.exchange(Call.of("GET", target.path(), HEADERS), LONGEST)) {
            byte[] body = answer.body().readNBytes(MOST_BYTES + 1);
            if (answer.status() != 200) {
                throw new IOException("it answers " + answer.status());
            }
            if (body.length > MOST_BYTES) {
                throw new IOException("it tells more than " + MOST_BYTES + " bytes");
            }
            return new String(body, StandardCharsets.UTF_8);
        } finally {
            limit.cancel();
        }
    }

    private static HttpDialer dialer(ScrapeTarget target) {
        return target.scheme().equals("http")
                ? HttpDialer.tcp(target.host(), target.port())
                : HttpDialer.tls(
                        target.host(),
                        target.port(),
                        new HttpDialer.Tls(List.of(), Optional.empty(), Optional.empty()));
    }
}

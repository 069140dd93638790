package dev.longshore.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.server.RealApi.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// What is too large or too slow is told so, and holds nothing up.
class LimitsTest {

    private static final RealApi api = new RealApi();
    private static final String ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles";

    @AfterAll
    static void close() {
        api.close();
    }

    private static String role(int names) {
        String many =
                IntStream.range(0, names).mapToObj("\"name-%08d\""::formatted).collect(Collectors.joining(","));
        return "{\"metadata\":{\"name\":\"large\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"],"
                + "\"resourceNames\":[" + many + "]}]}";
    }

    private static Request post(InputStream body) {
        Request request = Request.local("POST", ROLES, Headers.of("Content-Type", "application/json"), new byte[0]);
        return RealApi.withBody(request, body);
    }

    @Test
    void refusesBodiesOfMoreThanThreeMebibytes() {
        Answer answer = api.send(RealApi.ADMIN, "POST", ROLES, role(220_000));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.json().path("reason").asString()).isEqualTo("RequestEntityTooLarge");
        assertThat(answer.message()).isEqualTo("Request entity too large: limit is 3145728");
    }

    /// In etcd's words, which kube-apiserver passes on with 500.
    @Test
    void refusesObjectsThatEtcdWouldNotTake() {
        Answer answer = api.send(RealApi.ADMIN, "POST", ROLES, role(120_000));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.json().path("reason").asString()).isEqualTo("RequestEntityTooLarge");
        assertThat(answer.message()).isEqualTo("etcdserver: request is too large");
        assertThat(api.send(RealApi.ADMIN, "GET", ROLES + "/large", "").status())
                .isEqualTo(404);
    }

    @Test
    void endsARequestWhoseTimeIsOver() {
        var never = new CountDownLatch(1);
        Request slow = post(new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    never.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while reading");
                }
                return -1;
            }
        });
        var hurried = new Request(
                slow.method(),
                slow.path(),
                slow.rawTarget() + "?timeout=100ms",
                dev.longshore.http.Query.parse("timeout=100ms"),
                slow.headers(),
                slow.body(),
                slow.peer(),
                slow.attributes());

        Answer answer = api.send(RealApi.ADMIN, hurried);

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().path("reason").asString()).isEqualTo("Timeout");
        assertThat(answer.message()).isEqualTo("Timeout: request did not complete within the allotted timeout");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void saysWhenABodyDoesNotComeOrBreaksOff() {
        Answer late = api.send(RealApi.ADMIN, post(failing(new InterruptedIOException("nothing came"))));
        Answer broken = api.send(RealApi.ADMIN, post(failing(new IOException("malformed chunk"))));

        assertThat(late.status()).isEqualTo(504);
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.json().path("kind").asString()).isEqualTo("Status");
    }

    private static InputStream failing(IOException why) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw why;
            }
        };
    }

    @Test
    void tellsWhoeverComesAfterTheEnd() {
        try (var ended = new RealApi()) {
            ended.server.close();

            Answer answer = ended.send(RealApi.ADMIN, "GET", "/api/v1/pods", "application/json", "".getBytes(UTF_8));

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers().first("Retry-After")).contains("1");
            assertThat(answer.message()).isEqualTo("apiserver is shutting down.");
        }
    }
}

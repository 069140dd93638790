package dev.longshore.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.client.Clients;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One server that wants to lead, and an API that holds one Lease or hangs.
class ElectedTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger stopped = new AtomicInteger();
    private final KubernetesClient client = Clients.inProcess(this::answer, UserInfo.of("me"));
    private ObjectNode lease;
    private int version;
    private volatile boolean hangs;
    private Elected elected;

    @AfterEach
    void stop() {
        hanging.countDown();
        elected.close();
        client.close();
    }

    private void run(Elected.Work work) {
        elected = new Elected("the-work", "me", client, work, new Random(1), time);
        elected.start();
    }

    private AutoCloseable work() {
        started.incrementAndGet();
        return stopped::incrementAndGet;
    }

    /// Moves on until it is so.
    private void pass(java.util.concurrent.Callable<Boolean> isSo) {
        await().until(() -> {
            time.advance(SECOND);
            return isSo.call();
        });
    }

    private synchronized String holder() {
        return lease == null ? "" : lease.path("spec").path("holderIdentity").asString("");
    }

    @Test
    void whoEndsGivesTheLeaseBack() {
        run(this::work);
        pass(() -> started.get() == 1);
        assertThat(holder()).isEqualTo("me");

        elected.close();

        assertThat(stopped).hasValue(1);
        assertThat(holder()).isEmpty();
    }

    @Test
    void whoCannotRenewStopsBeforeAnotherMayLeadThoughTheRequestHangs() {
        run(this::work);
        pass(() -> started.get() == 1);

        hangs = true;
        long begun = time.nanoTime();
        pass(() -> stopped.get() == 1);

        // By the clock that is moved by hand, which may have gone on a little while the thread was on its way.
        assertThat(time.nanoTime() - begun)
                .isGreaterThanOrEqualTo(SECOND.multipliedBy(6).toNanos());
        assertThat(holder()).isEqualTo("me");
    }

    @Test
    void workThatStartsTooLateIsStopped() throws InterruptedException {
        var told = new CountDownLatch(1);
        var slow = new CountDownLatch(1);
        run(() -> {
            try {
                slow.await();
            } catch (InterruptedException ignored) {
                told.countDown();
                slow.await();
            }
            return work();
        });
        pass(() -> holder().equals("me"));

        take("other");
        pass(() -> told.getCount() == 0);
        slow.countDown();

        pass(() -> stopped.get() == 1);
        assertThat(started).hasValue(1);
    }

    @Test
    void aLeaseThatSaysNothingIsTaken() {
        lease = Json.object().put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
        lease.putObject("metadata")
                .put("name", "the-work")
                .put("namespace", "kube-system")
                .put("resourceVersion", "1");
        run(this::work);
        pass(() -> started.get() == 1);

        assertThat(holder()).isEqualTo("me");
    }

    @Test
    void workThatCannotStartIsTriedAgain() {
        run(() -> {
            if (started.getAndIncrement() < 2) {
                throw new IllegalStateException("not yet");
            }
            return stopped::incrementAndGet;
        });

        pass(() -> started.get() == 3);
        assertThat(holder()).isEqualTo("me");
    }

    private synchronized void take(String other) {
        ((ObjectNode) lease.path("spec")).put("holderIdentity", other);
        ((ObjectNode) lease.path("metadata")).put("resourceVersion", String.valueOf(++version));
    }

    private Response answer(Request request) throws IOException, InterruptedException {
        if (hangs) {
            hanging.await();
        }
        return answered(
                request.method(), request.path(), new String(request.body().readAllBytes(), UTF_8));
    }

    private synchronized Response answered(String method, String path, String body) {
        boolean isOne = path.endsWith("/the-work");
        if (method.equals("GET")) {
            return isOne && lease != null ? said(200, lease) : isOne ? refusal(404, "NotFound") : said(200, list());
        }
        JsonNode wanted = Json.parse(body);
        String known = lease == null
                ? ""
                : lease.path("metadata").path("resourceVersion").asString();
        if (!wanted.path("metadata").path("resourceVersion").asString("").equals(known)) {
            return refusal(409, "Conflict");
        }
        lease = (ObjectNode) wanted;
        ((ObjectNode) lease.path("metadata")).put("resourceVersion", String.valueOf(++version));
        return said(200, lease);
    }

    private ObjectNode list() {
        ObjectNode list =
                Json.object().put("apiVersion", "coordination.k8s.io/v1").put("kind", "LeaseList");
        list.putObject("metadata").put("resourceVersion", String.valueOf(version));
        list.putArray("items");
        return list;
    }

    private static Response refusal(int code, String reason) {
        return said(
                code,
                Json.object()
                        .put("kind", "Status")
                        .put("apiVersion", "v1")
                        .put("status", "Failure")
                        .put("reason", reason)
                        .put("code", code));
    }

    private static Response said(int status, ObjectNode tree) {
        return Response.json(status, Json.bytes(tree));
    }
}

package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A quota lets in exactly as much as fits, whoever writes, fails, deletes and counts at the same time.
class ExactQuotaTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String QUOTAS = "/api/v1/namespaces/default/resourcequotas";
    private static final UserInfo COUNTER =
            UserInfo.of("system:serviceaccount:kube-system:resourcequota-controller", UserInfo.MASTERS);

    private final RealApi api = new RealApi();

    @AfterEach
    void close() {
        api.close();
    }

    private void quota(String name, String hard) {
        assertThat(api.send(RealApi.ADMIN, "POST", QUOTAS, """
                {"metadata": {"name": "%s"}, "spec": {"hard": %s}}""".formatted(name, hard))
                        .status())
                .isEqualTo(201);
    }

    private RealApi.Answer create(String name) {
        return api.send(RealApi.ADMIN, "POST", MAPS, "{\"metadata\": {\"name\": \"" + name + "\"}}");
    }

    private String used(String quota, String resource) {
        return api.send(RealApi.ADMIN, "GET", QUOTAS + "/" + quota, "")
                .json()
                .path("status")
                .path("used")
                .path(resource)
                .asString();
    }

    private int present() {
        return api.send(RealApi.ADMIN, "GET", MAPS, "").json().path("items").size();
    }

    /// As the controller does: reads the quota, counts (here: nothing at all), and writes what it has counted.
    private void recount(String quota) {
        JsonNode read = api.send(COUNTER, "GET", QUOTAS + "/" + quota, "").json();
        ((ObjectNode) read).withObject("status").withObject("used").put("configmaps", "0");
        api.send(COUNTER, "PUT", QUOTAS + "/" + quota + "/status", read.toString());
    }

    @Test
    void whileOthersCountAnewAndDeleteNeverMoreGetInThanFit() throws InterruptedException {
        quota("q", "{\"configmaps\": \"10\"}");
        var start = new CountDownLatch(1);
        var isOver = new AtomicBoolean();
        var most = new AtomicInteger();
        var made = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            int writer = i;
            threads.add(Thread.ofVirtual().start(() -> {
                await(start);
                for (int round = 0; round < 15; round++) {
                    String name = "m-" + writer + "-" + round;
                    if (create(name).status() == 201) {
                        made.incrementAndGet();
                        if (round % 2 == 0) {
                            api.send(RealApi.ADMIN, "DELETE", MAPS + "/" + name, "");
                        }
                    }
                }
            }));
        }
        var counters = List.of(
                Thread.ofVirtual().start(() -> {
                    await(start);
                    while (!isOver.get()) {
                        recount("q");
                        Thread.yield();
                    }
                }),
                Thread.ofVirtual().start(() -> {
                    await(start);
                    while (!isOver.get()) {
                        most.accumulateAndGet(present(), Math::max);
                        Thread.yield();
                    }
                }));
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        isOver.set(true);
        for (Thread counter : counters) {
            counter.join();
        }

        assertThat(most.get()).isBetween(1, 10);
        assertThat(made.get()).isGreaterThanOrEqualTo(10);
        recount("q");
        assertThat(used("q", "configmaps")).isEqualTo(Integer.toString(present()));
        fillUp(10);
    }

    private void fillUp(int most) {
        int before = present();
        for (int i = before; i < most; i++) {
            assertThat(create("rest-" + i).status()).isEqualTo(201);
        }
        assertThat(create("too-many").status()).isEqualTo(403);
        assertThat(present()).isEqualTo(most);
    }

    @Test
    void ofManyAtOnceExactlyAsManyGetInAsFit() throws InterruptedException {
        quota("q", "{\"configmaps\": \"20\"}");
        var start = new CountDownLatch(1);
        var made = new AtomicInteger();
        var refused = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 64; i++) {
            String name = "m-" + i;
            threads.add(Thread.ofVirtual().start(() -> {
                await(start);
                RealApi.Answer answer = create(name);
                (answer.status() == 201 ? made : refused).incrementAndGet();
                if (answer.status() != 201) {
                    assertThat(answer.message()).contains("exceeded quota: q, requested: configmaps=1");
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(made).hasValue(20);
        assertThat(refused).hasValue(44);
        assertThat(used("q", "configmaps")).isEqualTo("20");
    }

    @Test
    void whatComesToNothingIsGivenBack() {
        quota("q", "{\"configmaps\": \"2\"}");
        assertThat(create("a").status()).isEqualTo(201);

        for (int i = 0; i < 5; i++) {
            assertThat(create("a").status()).isEqualTo(409);
        }

        assertThat(used("q", "configmaps")).isEqualTo("1");
        assertThat(create("b").status()).isEqualTo(201);
        assertThat(create("c").status()).isEqualTo(403);
    }

    @Test
    void ofTwoQuotasNoneIsChargedIfOneRefuses() {
        quota("a", "{\"configmaps\": \"5\"}");
        quota("b", "{\"count/configmaps\": \"1\"}");
        assertThat(create("one").status()).isEqualTo(201);

        assertThat(create("two").message()).contains("exceeded quota: b, requested: count/configmaps=1");

        assertThat(used("a", "configmaps")).isEqualTo("1");
        assertThat(used("b", "count/configmaps")).isEqualTo("1");
    }

    @Test
    void whatATrialRunWouldTakeIsNotTaken() {
        quota("q", "{\"configmaps\": \"1\"}");

        assertThat(api.send(RealApi.ADMIN, "POST", MAPS + "?dryRun=All", "{\"metadata\": {\"name\": \"a\"}}")
                        .status())
                .isEqualTo(201);

        assertThat(create("b").status()).isEqualTo(201);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void aHealthyServerSaysOk() {
        for (String path : new String[] {"/healthz", "/livez", "/readyz", "/readyz/etcd", "/livez/ping"}) {
            var answer = desk.get(path);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("ok");
            assertThat(answer.headers().first("X-Content-Type-Options")).contains("nosniff");
        }
    }

    @Test
    void everyCheckIsTold() {
        assertThat(desk.get("/livez?verbose").text())
                .isEqualTo("[+]ping ok\n[+]log ok\n[+]etcd ok\nlivez check passed\n");
        assertThat(desk.get("/readyz?verbose").text()).isEqualTo("""
                        [+]ping ok
                        [+]log ok
                        [+]etcd ok
                        [+]etcd-readiness ok
                        [+]informer-sync ok
                        [+]shutdown ok
                        readyz check passed
                        """);
    }

    @Test
    void checksCanBeLeftOut() {
        assertThat(desk.get("/livez?verbose&exclude=etcd&exclude=none&exclude=more")
                        .text())
                .isEqualTo("""
                        [+]ping ok
                        [+]log ok
                        [+]etcd excluded: ok
                        warn: some health checks cannot be excluded: no matches for "none","more"
                        livez check passed
                        """);
    }

    @Test
    void whatIsNotDoneYetFailsAndIsToldWithoutItsReason() {
        Runnable done = desk.server().health().hook("bootstrap");

        var failing = desk.get("/livez");
        assertThat(failing.status()).isEqualTo(500);
        assertThat(failing.text()).isEqualTo("""
                        [+]ping ok
                        [+]log ok
                        [+]etcd ok
                        [-]poststarthook/bootstrap failed: reason withheld
                        livez check failed
                        """);
        assertThat(desk.get("/livez?exclude=poststarthook/bootstrap").status()).isEqualTo(200);
        var alone = desk.get("/livez/poststarthook/bootstrap");
        assertThat(alone.status()).isEqualTo(500);
        assertThat(alone.text()).isEqualTo("internal server error: not finished\n");

        done.run();
        assertThat(desk.get("/livez").status()).isEqualTo(200);
    }

    @Test
    void aServerThatStopsIsAliveButNotReady() {
        desk.server().stopping();

        assertThat(desk.get("/livez").status()).isEqualTo(200);
        assertThat(desk.get("/readyz").text()).contains("[-]shutdown failed: reason withheld\n");
        assertThat(desk.get("/livez/shutdown").status()).isEqualTo(404);
    }

    @Test
    void everybodyMayAskForTheSummaryOnly() {
        desk.as(dev.longshore.model.UserInfo.ANONYMOUS);

        assertThat(desk.get("/readyz").status()).isEqualTo(200);
        assertThat(desk.get("/readyz/etcd").status()).isEqualTo(403);
    }

    @Test
    void howTheChecksWentIsAMetric() {
        desk.get("/livez");
        desk.get("/livez");

        assertThat(desk.get("/metrics/slis").text())
                .contains("kubernetes_healthcheck{name=\"etcd\",type=\"livez\"} 1\n")
                .contains("kubernetes_healthchecks_total{name=\"etcd\",type=\"livez\",status=\"success\"} 2\n");
    }
}

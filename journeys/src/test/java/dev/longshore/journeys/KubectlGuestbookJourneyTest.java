package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// An application of several parts, from one file: that it comes up whole, is found by its labels, and goes.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(18)
record KubectlGuestbookJourneyTest(Kubectl anywhere) {

    private static final String BOOK = part("frontend", "frontend", 3, 80)
            + part("store-primary", "primary", 1, 6379)
            + part("store-replica", "replica", 2, 6379);

    @Test
    void anApplicationOfThreePartsComesUpAndGoes() {
        Kubectl kubectl = anywhere.fresh("guestbook");

        assertThat(kubectl.okWith(BOOK, "create").lines())
                .containsExactly(
                        "service/frontend created",
                        "deployment.apps/frontend created",
                        "service/store-primary created",
                        "deployment.apps/store-primary created",
                        "service/store-replica created",
                        "deployment.apps/store-replica created");
        kubectl.ok("wait", "--for=condition=Available", "deployments", "--all", "--timeout=60s");
        assertThat(kubectl.value("pods -l part=frontend", "{.items[*].status.phase}"))
                .isEqualTo("Running Running Running");
        assertThat(kubectl.ok("get", "pods", "-l", "app=book,part in (primary,replica)", "-o", "name"))
                .hasLineCount(3);
        for (String part : "frontend:3 store-primary:1 store-replica:2".split(" ")) {
            String[] service = part.split(":");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(kubectl.value(
                                            "endpointslices -l kubernetes.io/service-name=" + service[0],
                                            "{.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}")
                                    .split(" "))
                            .doesNotContain("")
                            .hasSize(Integer.parseInt(service[1])));
        }

        assertThat(kubectl.okWith(BOOK, "delete").lines()).hasSize(6);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(kubectl.ok("get", "all,endpointslices", "-o", "name"))
                        .isEmpty());
    }

    private static String part(String name, String part, int replicas, int port) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: NAME, labels: {app: book, part: PART}}
                spec: {selector: {app: book, part: PART}, ports: [{port: PORT}]}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: NAME}
                spec:
                  replicas: COUNT
                  selector: {matchLabels: {app: book, part: PART}}
                  template:
                    metadata: {labels: {app: book, part: PART}}
                    spec: {containers: [{name: main, image: hello, ports: [{containerPort: PORT}]}]}
                """.replace("NAME", name)
                .replace("PART", part)
                .replace("PORT", String.valueOf(port))
                .replace("COUNT", String.valueOf(replicas));
    }
}

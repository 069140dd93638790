package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// One watch over each version of HTTP, by `curl` over TLS. Over WebSockets fabric8 watches in `guests`.
@ExtendWith(HollowShared.class)
@Order(16)
class WatchTransportsJourneyTest {

    private static final int LIFE = 3;

    @Test
    @Timeout(60)
    void everyVersionOfHttpTellsTheSameAtOnce() throws IOException, InterruptedException {
        Needs.tools("curl");
        Kubectl kubectl = Kubectl.both().toList().getLast().fresh("transports");
        await("the map that every namespace gets")
                .atMost(HollowNamespace.PATIENCE)
                .until(() -> kubectl.run("get", "configmap", "kube-root-ca.crt").exit() == 0);
        Process first = watch(kubectl, "--http1.1");
        Process second = watch(kubectl, "--http2");
        try (BufferedReader one = first.inputReader();
                BufferedReader two = second.inputReader()) {
            // The state ends with a bookmark: from here on both are listening.
            List<JsonNode> before = untilBookmark(one);
            // Between the two others may have written elsewhere: then their bookmarks tell different revisions.
            assertThat(untilBookmark(two)).hasSameSizeAs(before).startsWith(butLast(before));

            kubectl.ok("create", "configmap", "seen", "--from-literal=step=1");
            kubectl.ok("patch", "configmap", "seen", "--type=merge", "-p", "{\"data\":{\"step\":\"2\"}}");
            kubectl.ok("delete", "configmap", "seen");

            List<JsonNode> heard = events(one, LIFE);
            assertThat(heard)
                    .extracting(event -> event.path("type").asString())
                    .containsExactly("ADDED", "MODIFIED", "DELETED");
            assertThat(events(two, LIFE)).isEqualTo(heard);
        } finally {
            first.destroy();
            second.destroy();
            assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(second.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @Timeout(60)
    void bothVersionsAreReallySpoken() {
        Needs.tools("curl");
        Kubectl kubectl = Kubectl.both().toList().getLast().fresh("versions");

        assertThat(spoken(kubectl, "--http1.1")).isEqualTo("1.1");
        assertThat(spoken(kubectl, "--http2")).isEqualTo("2");
    }

    private static String spoken(Kubectl kubectl, String version) {
        var command = curl(kubectl, version, "/version");
        command.addAll(List.of("-o", "/dev/null", "-w", "%{http_version}"));
        return kubectl.shell().run(command.toArray(String[]::new)).succeeded().out();
    }

    private static Process watch(Kubectl kubectl, String version) {
        String target = "/api/v1/namespaces/" + kubectl.namespace() + "/configmaps?watch=1&allowWatchBookmarks=true"
                + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
        return kubectl.shell().start(curl(kubectl, version, target).toArray(String[]::new));
    }

    private static List<String> curl(Kubectl kubectl, String version, String target) {
        String user = "{.users[0].user.";
        return new ArrayList<>(List.of(
                "curl",
                "-sN",
                version,
                "--cacert",
                pem(kubectl, "{.clusters[0].cluster.certificate-authority-data}", "ca.pem"),
                "--cert",
                pem(kubectl, user + "client-certificate-data}", "admin.pem"),
                "--key",
                pem(kubectl, user + "client-key-data}", "admin.key"),
                kubectl.ok("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}") + target));
    }

    private static String pem(Kubectl kubectl, String path, String file) {
        String data = kubectl.ok("config", "view", "--raw", "-o", "jsonpath=" + path);
        return kubectl.file(
                file, new String(Base64.getDecoder().decode(data), java.nio.charset.StandardCharsets.UTF_8));
    }

    private static JsonNode[] butLast(List<JsonNode> events) {
        return events.subList(0, events.size() - 1).toArray(JsonNode[]::new);
    }

    private static List<JsonNode> untilBookmark(BufferedReader lines) throws IOException {
        var events = new ArrayList<JsonNode>();
        while (events.isEmpty() || !events.getLast().path("type").asString().equals("BOOKMARK")) {
            events.add(Json.parse(lines.readLine()));
        }
        return events;
    }

    private static List<JsonNode> events(BufferedReader lines, int count) throws IOException {
        var events = new ArrayList<JsonNode>();
        while (events.size() < count) {
            events.add(Json.parse(lines.readLine()));
        }
        return events;
    }
}

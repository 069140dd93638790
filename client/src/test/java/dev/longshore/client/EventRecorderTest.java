package dev.longshore.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventRecorderTest {

    private static final Pod POD = new PodBuilder()
            .withNewMetadata()
            .withNamespace("default")
            .withName("web")
            .withUid("1")
            .endMetadata()
            .build();

    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private volatile boolean isEventGone;

    /// Of somebody who may create and patch events, and no more.
    private final Handler server = request -> {
        asked.add(request.method() + " " + request.path().replaceFirst("\\.[0-9a-f]+$", ".ID"));
        return switch (request.method()) {
            case "POST" -> answer(201, text(request));
            case "PATCH" ->
                isEventGone
                        ? answer(404, status("NotFound", 404))
                        : answer(
                                200,
                                "{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"namespace\":"
                                        + "\"default\",\"name\":\"web.1\"},\"involvedObject\":{},\"count\":"
                                        + Json.parse(text(request)).path("count") + "}");
            default -> answer(403, status("Forbidden", 403));
        };
    };

    @Test
    void countsUpWhatIsSaidAgainWithoutReadingIt() throws Exception {
        try (var client = Clients.inProcess(server, UserInfo.of("me"));
                var events = new EventRecorder(client, "test", "", Time.system())) {
            for (int i = 0; i < 3; i++) {
                events.event(POD, EventRecorder.Type.NORMAL, "Done", "It is done");
            }

            assertThat(next()).isEqualTo("POST /api/v1/namespaces/default/events");
            assertThat(next()).isEqualTo("PATCH /api/v1/namespaces/default/events/web.ID");
            assertThat(next()).isEqualTo("PATCH /api/v1/namespaces/default/events/web.ID");
        }
    }

    @Test
    void beginsAnewWhenTheEventHasEndedMeanwhile() throws Exception {
        isEventGone = true;
        try (var client = Clients.inProcess(server, UserInfo.of("me"));
                var events = new EventRecorder(client, "test", "", Time.system())) {
            events.event(POD, EventRecorder.Type.NORMAL, "Done", "It is done");
            events.event(POD, EventRecorder.Type.NORMAL, "Done", "It is done");

            assertThat(next()).isEqualTo("POST /api/v1/namespaces/default/events");
            assertThat(next()).isEqualTo("PATCH /api/v1/namespaces/default/events/web.ID");
            assertThat(next()).isEqualTo("POST /api/v1/namespaces/default/events");
        }
    }

    private String next() throws InterruptedException {
        return asked.poll(30, TimeUnit.SECONDS);
    }

    private static String text(Request request) throws IOException {
        return new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Response answer(int status, String body) {
        return new Response.Full(
                status, Headers.of("Content-Type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
    }

    private static String status(String reason, int code) {
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"%s\",\"code\":%d}"
                .formatted(reason, code);
    }
}

package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WatchesTest {

    private static final String WIDGETS = "/api/v1/namespaces/a/widgets";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void aWatchBeginsWithWhatIsThereAndGoesOnWithWhatHappens() {
        make("one", "red");
        var watch = new Watch(WIDGETS + "?watch=1");
        watch.expect("ADDED one");

        make("two", "red");
        desk.patch(WIDGETS + "/two", "merge-patch+json", "{'spec':{'size':2}}");
        desk.delete(WIDGETS + "/one", "");

        watch.expect("ADDED one", "ADDED two", "MODIFIED two", "DELETED one");
        assertThat(watch.lines.get(3).at("/object/metadata/resourceVersion").asString())
                .isEqualTo("5");
    }

    @Test
    void aWatchGoesOnFromWhereAListWas() {
        make("one", "red");
        make("two", "red");

        var watch = new Watch(WIDGETS + "?watch=true&resourceVersion=2");
        watch.expect("ADDED two");
        make("three", "red");
        watch.expect("ADDED two", "ADDED three");
        assertThat(new Watch(WIDGETS + "?watch=true&resourceVersion=3")
                        .expect("ADDED three")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void otherNamespacesAreNotSeen() {
        var watch = new Watch(WIDGETS + "?watch=1");
        desk.post("/api/v1/namespaces/ab/widgets", "{'metadata':{'name':'other'}}");
        make("mine", "red");

        watch.expect("ADDED mine");
    }

    @Test
    void objectsComeAndGoAsTheySuitASelector() {
        make("one", "red");
        var watch = new Watch(WIDGETS + "?watch=1&fieldSelector=spec.color=blue&resourceVersion=2");
        make("other", "red");
        paint("one", "blue");
        paint("one", "red");

        watch.expect("ADDED one", "DELETED one");
        assertThat(watch.lines.get(1).at("/object/spec/color").asString()).isEqualTo("blue");
        assertThat(watch.lines.get(1).at("/object/metadata/resourceVersion").asString())
                .isEqualTo("5");
    }

    @Test
    void theInitialStateEndsWithABookmark() {
        make("one", "red");
        var watch = new Watch(WIDGETS + "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true"
                + "&resourceVersionMatch=NotOlderThan&resourceVersion=");

        watch.expect("ADDED one", "BOOKMARK ");
        assertThat(watch.lines.get(1).at("/object/metadata/annotations").toString())
                .isEqualTo("{\"k8s.io/initial-events-end\":\"true\"}");
        assertThat(watch.lines.get(1).at("/object/metadata/resourceVersion").asString())
                .isEqualTo("2");
        assertThat(desk.get(WIDGETS + "?watch=1&sendInitialEvents=true").status())
                .isEqualTo(422);
    }

    @Test
    void bookmarksComeEveryMinuteAndTheEndComesInTime() {
        make("one", "red");
        var watch = new Watch(WIDGETS + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=90");
        watch.expect("ADDED one");
        watch.awaitClock(desk);

        desk.time.advance(Duration.ofSeconds(60));
        watch.expect("ADDED one", "BOOKMARK ");
        desk.time.advance(Duration.ofSeconds(30));

        await().until(() -> !watch.thread.isAlive());
    }

    @Test
    void aForgottenRevisionIsSaidToBeSo() {
        make("one", "red");
        make("two", "red");
        desk.store.compact(3);

        var watch = new Watch(WIDGETS + "?watch=1&resourceVersion=1");

        watch.expect("ERROR ");
        assertThat(watch.lines.getFirst().at("/object/code").asInt()).isEqualTo(410);
        assertThat(watch.lines.getFirst().at("/object/message").asString())
                .isEqualTo("too old resource version: 1 (3)");
    }

    @Test
    void tablesShowTheirColumnsOnce() {
        make("one", "red");
        var watch = new Watch(WIDGETS + "?watch=1", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
        watch.expectLines(1);
        make("two", "red");
        watch.expectLines(2);

        assertThat(watch.lines.get(0).at("/object/columnDefinitions")).hasSize(2);
        assertThat(watch.lines.get(1).at("/object/columnDefinitions")).isEmpty();
        assertThat(watch.lines.get(1).at("/object/rows/0/cells/0").asString()).isEqualTo("two");
    }

    @Test
    void everyWatchEndsWhenTheServerStops() {
        var watch = new Watch(WIDGETS + "?watch=1&resourceVersion=1");
        make("one", "red");
        watch.expect("ADDED one");

        desk.server().close();

        await().until(() -> !watch.thread.isAlive());
    }

    @Test
    void manyWatchersSeeEveryChangeInOrder() {
        var watches = java.util.stream.IntStream.range(0, 8)
                .mapToObj(i -> new Watch(WIDGETS + "?watch=1"))
                .toList();
        for (int i = 0; i < 50; i++) {
            make("w" + i, "red");
        }

        String[] expected = java.util.stream.IntStream.range(0, 50)
                .mapToObj(i -> "ADDED w" + i)
                .toArray(String[]::new);
        // Whoever came late began with the state, which is sorted by name: but nothing is missing or doubled.
        watches.forEach(watch -> {
            watch.expectLines(50);
            assertThat(watch.seen()).containsExactlyInAnyOrder(expected);
        });
    }

    @Test
    void oldPathsWatchOneObject() {
        make("one", "red");
        make("two", "red");
        var one = new Watch("/api/v1/watch/namespaces/a/widgets/two?resourceVersion=1");
        var all = new Watch("/api/v1/watch/widgets?resourceVersion=1");
        var selected = new Watch(WIDGETS + "?watch=1&fieldSelector=metadata.name=two&resourceVersion=1");

        one.expect("ADDED two");
        all.expect("ADDED one", "ADDED two");
        selected.expect("ADDED two");
        assertThat(desk.get("/api/v1/watch/namespaces/a/widgets/two?fieldSelector=metadata.name=one")
                        .json()
                        .path("message")
                        .asString())
                .isEqualTo("fieldSelector metadata.name doesn't match requested name");
        assertThat(desk.get(WIDGETS + "/two?watch=true").json().path("kind").asString())
                .isEqualTo("Widget");
    }

    @Test
    void aWatchMayBeginWithWhatHappensFromNowOn() {
        make("one", "red");
        var watch = new Watch(
                WIDGETS + "?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=0");
        watch.awaitClock(desk);
        make("two", "red");

        watch.expect("ADDED two");
    }

    @Test
    void whatMakesNoSenseIsRefusedBeforeTheStreamBegins() {
        assertThat(message("sendInitialEvents=true"))
                .isEqualTo("ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                        + "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        assertThat(message("resourceVersionMatch=NotOlderThan"))
                .isEqualTo("ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                        + "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        assertThat(message("resourceVersion=x"))
                .isEqualTo("resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": invalid syntax");
        var wrong = desk.get(WIDGETS + "?watch=1&resourceVersion=x");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().path("reason").asString()).isEqualTo("BadRequest");
        assertThat(message("fieldSelector=spec.size=1")).isEqualTo("field label not supported: spec.size");
    }

    @Test
    void aBookmarkComesShortlyBeforeTheEnd() {
        make("one", "red");
        var watch = new Watch(WIDGETS + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=30");
        watch.expect("ADDED one");
        watch.awaitClock(desk);

        desk.time.advance(Duration.ofSeconds(28));

        watch.expect("ADDED one", "BOOKMARK ");
    }

    @Test
    void aClientThatDoesNotReadIsGivenUp() {
        make("one", "red");
        var stuck = new CountDownLatch(1);
        var thread = Thread.ofVirtual().start(() -> {
            var request = Desk.request("GET", WIDGETS + "?watch=1&resourceVersion=1", Headers.EMPTY, "")
                    .with(UserInfo.class, Desk.ADMIN);
            try {
                ((Response.Stream) desk.server().handle(request)).body().writeTo(new Stuck(stuck));
            } catch (IOException | InterruptedException expected) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> stuck.getCount() == 0);

        // Looked after every half minute: the second time it is still at the same piece.
        desk.time.advance(Duration.ofSeconds(31));
        desk.time.advance(Duration.ofSeconds(31));

        await().until(() -> !thread.isAlive());
    }

    private String message(String query) {
        return desk.get(WIDGETS + "?watch=1&" + query).json().path("message").asString();
    }

    /// A peer whose buffers are full.
    private static final class Stuck extends OutputStream {
        private final CountDownLatch reached;

        Stuck(CountDownLatch reached) {
            this.reached = reached;
        }

        @Override
        public void write(int b) throws IOException {
            reached.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException givenUp) {
                throw new IOException("given up", givenUp);
            }
        }
    }

    private void make(String name, String color) {
        desk.post(WIDGETS, "{'metadata':{'name':'%s'},'spec':{'color':'%s'}}".formatted(name, color));
    }

    private void paint(String name, String color) {
        desk.patch(WIDGETS + "/" + name, "merge-patch+json", "{'spec':{'color':'%s'}}".formatted(color));
    }

    /// A running watch, on a thread of its own.
    private final class Watch {
        final List<JsonNode> lines = new CopyOnWriteArrayList<>();
        final Thread thread;

        Watch(String target, String... headers) {
            thread = Thread.ofVirtual().start(() -> run(target, Headers.of(headers)));
        }

        private void run(String target, Headers headers) {
            var request = Desk.request("GET", target, headers, "").with(UserInfo.class, Desk.ADMIN);
            try {
                if (desk.server().handle(request) instanceof Response.Stream stream) {
                    stream.body().writeTo(new Lines());
                }
            } catch (IOException | InterruptedException broken) {
                throw new AssertionError(broken);
            }
        }

        List<String> expect(String... expected) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(seen()).containsExactly(expected));
            return seen();
        }

        void expectLines(int count) {
            await().atMost(Duration.ofSeconds(30)).until(() -> lines.size() == count);
        }

        /// The timers of a watch are set once the state is sent: when the thread waits.
        void awaitClock(Desk desk) {
            await().until(() -> thread.getState() == Thread.State.WAITING);
        }

        List<String> seen() {
            return lines.stream()
                    .map(line -> line.path("type").asString() + " "
                            + line.at("/object/metadata/name").asString(""))
                    .toList();
        }

        private final class Lines extends OutputStream {
            private final ByteArrayOutputStream line = new ByteArrayOutputStream();

            @Override
            public void write(int b) {
                if (b == '\n') {
                    lines.add(Json.parse(line.toString(StandardCharsets.UTF_8)));
                    line.reset();
                } else {
                    line.write(b);
                }
            }
        }
    }
}

package dev.longshore.http.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.longshore.http.grpc.parrot.Words;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Client and server over a real socket.
class GrpcTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Words NONE = Words.getDefaultInstance();
    private static final GrpcMethod<Words, Words> SAY = GrpcMethod.unary("longshore.test.Parrot/Say", NONE, NONE);
    private static final GrpcMethod<Words, Words> REPEAT =
            GrpcMethod.answersMany("longshore.test.Parrot/Repeat", NONE, NONE);
    private static final GrpcMethod<Words, Words> JOIN = GrpcMethod.asksMany("longshore.test.Parrot/Join", NONE, NONE);
    private static final GrpcMethod<Words, Words> CHAT = GrpcMethod.bothMany("longshore.test.Parrot/Chat", NONE, NONE);
    private static final GrpcMethod<Words, Words> SLEEP = GrpcMethod.unary("longshore.test.Parrot/Sleep", NONE, NONE);
    private static final GrpcMethod<Words, Words> FLY = GrpcMethod.unary("longshore.test.Parrot/Fly", NONE, NONE);

    private final CountDownLatch woken = new CountDownLatch(1);
    private final CountDownLatch asleep = new CountDownLatch(1);
    private final AtomicInteger repeated = new AtomicInteger();
    private GrpcServer server;
    private GrpcClient client;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        server = listen();
        client = GrpcClient.to(socket());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void answersOneQuestionWithOneAnswer() throws InterruptedException {
        assertThat(client.call(SAY, words("hello"), LIMIT).getText()).isEqualTo("hello");
    }

    @Test
    void sendsManyAnswersInOrder() throws InterruptedException {
        Words question = words("again").toBuilder().setTimes(500).build();

        try (GrpcCall<Words, Words> call = client.ask(REPEAT, question, LIMIT)) {
            var heard = new ArrayList<Integer>();
            for (Optional<Words> next = call.receive(); next.isPresent(); next = call.receive()) {
                heard.add(next.get().getTimes());
            }
            assertThat(heard).hasSize(500).isSorted();
        }
    }

    @Test
    void takesManyQuestionsForOneAnswer() throws InterruptedException {
        try (GrpcCall<Words, Words> call = client.open(JOIN, LIMIT)) {
            for (String word : List.of("a", "b", "c")) {
                call.send(words(word));
            }
            call.endRequests();

            assertThat(call.receive()).contains(words("abc"));
            assertThat(call.receive()).isEmpty();
        }
    }

    @Test
    void talksBothWaysAtOnce() throws InterruptedException {
        try (GrpcCall<Words, Words> call = client.open(CHAT, LIMIT)) {
            for (String word : List.of("one", "two")) {
                call.send(words(word));
                assertThat(call.receive()).contains(words(word));
            }
            call.endRequests();
            assertThat(call.receive()).isEmpty();
        }
    }

    @Test
    void carriesTheStatusThatAHandlerThrows() {
        assertThatThrownBy(() -> client.call(SAY, words("bad"), LIMIT))
                .isInstanceOf(GrpcException.class)
                .hasMessage("not in front of the children")
                .extracting(failure -> ((GrpcException) failure).code())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void saysSoWhenThereIsNoSuchMethod() {
        assertThatThrownBy(() -> client.call(FLY, NONE, LIMIT))
                .extracting(failure -> ((GrpcException) failure).code())
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void interruptsTheHandlerOfACallerWhoseTimeIsUp() throws InterruptedException {
        assertThatThrownBy(() -> client.call(SLEEP, NONE, Duration.ofMillis(300)))
                .extracting(failure -> ((GrpcException) failure).code())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);

        assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void interruptsTheHandlerOfACallerWhoIsInterrupted() throws InterruptedException {
        var ended = new AtomicReference<Throwable>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                client.call(SLEEP, NONE, LIMIT);
            } catch (InterruptedException | GrpcException end) {
                ended.set(end);
            }
        });
        assertThat(asleep.await(20, TimeUnit.SECONDS)).isTrue();

        caller.interrupt();

        assertThat(woken.await(20, TimeUnit.SECONDS)).isTrue();
        caller.join();
        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void doesNotRunAheadOfAReaderWhoTakesNothing() throws InterruptedException {
        Words question = Words.newBuilder()
                .setTimes(1000)
                .setLoad(ByteString.copyFrom(new byte[64 * 1024]))
                .build();

        try (GrpcCall<Words, Words> call = client.ask(REPEAT, question, LIMIT)) {
            assertThat(call.receive()).isPresent();

            assertThat(repeated.get()).isLessThan(200);
        }
    }

    @Test
    void refusesAtOnceWhileNobodyListensAndConnectsWhenSomebodyDoes() throws Exception {
        server.close();
        assertThatThrownBy(() -> client.call(SAY, words("anybody"), LIMIT))
                .extracting(failure -> ((GrpcException) failure).code())
                .isEqualTo(Status.Code.UNAVAILABLE);

        server = listen();

        assertThat(client.call(SAY, words("you"), LIMIT).getText()).isEqualTo("you");
    }

    @Test
    void letsOnlyItsOwnUserInAndLeavesNothingBehind() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-------");

        server.close();

        assertThat(directory).isEmptyDirectory();
    }

    private GrpcServer listen() throws IOException {
        return GrpcServer.listen(socket(), List.of(parrot()));
    }

    private Path socket() {
        return directory.resolve("p.sock");
    }

    private GrpcService parrot() {
        return new GrpcService("longshore.test.Parrot")
                .unary(SAY, GrpcTest::say)
                .answersMany(REPEAT, (request, to) -> {
                    for (int i = 0; i < request.getTimes(); i++) {
                        to.send(request.toBuilder().setTimes(i).build());
                        repeated.incrementAndGet();
                    }
                })
                .conversation(JOIN, with -> {
                    var all = new StringBuilder();
                    for (var next = with.receive(); next.isPresent(); next = with.receive()) {
                        all.append(next.get().getText());
                    }
                    with.send(words(all.toString()));
                })
                .conversation(CHAT, with -> {
                    for (var next = with.receive(); next.isPresent(); next = with.receive()) {
                        with.send(next.get());
                    }
                })
                .unary(SLEEP, _ -> {
                    asleep.countDown();
                    try {
                        new CountDownLatch(1).await();
                        return NONE;
                    } finally {
                        woken.countDown();
                    }
                });
    }

    private static Words say(Words request) {
        if (request.getText().equals("bad")) {
            throw new GrpcException(Status.Code.INVALID_ARGUMENT, "not in front of the children");
        }
        return request;
    }

    private static Words words(String text) {
        return Words.newBuilder().setText(text).build();
    }
}

package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MessagesTest {

    private static final ImageFaultException FAULT =
            new ImageFaultException(new ImageFault.Malformed("archive", "is none"));

    private final ManualTime time = new ManualTime();

    @Test
    void whatFailsBeforeTheFirstMessageIsTheAnswer() {
        assertThatThrownBy(() -> Messages.answer(time, messages -> {
                    throw FAULT;
                }))
                .isSameAs(FAULT);
        assertThatThrownBy(() -> Messages.answer(time, messages -> {
                    throw new IOException("broken");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("broken");
    }

    @Test
    void whatFailsLaterIsTheLastMessage() throws Exception {
        Response answer = Messages.answer(time, messages -> {
            messages.stream("begun\n");
            throw FAULT;
        });

        assertThat(written(answer))
                .startsWith("{\"stream\":\"begun\\n\"}\r\n{\"errorDetail\":")
                .contains("\"error\":\"" + FAULT.getMessage());
    }

    @Test
    void workThatSaysNothingIsAnsweredWhenItIsDone() throws Exception {
        assertThat(written(Messages.answer(time, messages -> {}))).isEmpty();
    }

    @Test
    void workThatIsSilentForLongIsAnsweredMeanwhile() throws Exception {
        var finish = new CountDownLatch(1);
        var answer = new CompletableFuture<Response>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(Messages.answer(time, messages -> finish.await()));
            } catch (IOException | InterruptedException failed) {
                answer.completeExceptionally(failed);
            }
        });
        org.awaitility.Awaitility.await().until(() -> {
            time.advance(Duration.ofSeconds(3));
            return answer.isDone();
        });

        finish.countDown();
        assertThat(written(answer.get()).strip()).isEmpty();
    }

    @Test
    void workForAClientThatIsGoneIsInterrupted() throws Exception {
        var interrupted = new CompletableFuture<Boolean>();
        Response answer = Messages.answer(time, messages -> {
            messages.stream("begun\n");
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException expected) {
                interrupted.complete(true);
                throw expected;
            }
        });
        var gone = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("gone");
            }
        };

        assertThatThrownBy(() -> ((Response.Stream) answer).body().writeTo(gone))
                .isInstanceOf(InterruptedException.class);
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
    }

    private static String written(Response answer) throws Exception {
        var out = new ByteArrayOutputStream();
        ((Response.Stream) answer).body().writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}

package dev.longshore.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.apiserver.flow.FlowControl;
import dev.longshore.apiserver.flow.Seat;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.model.FaultException;
import dev.longshore.model.UserInfo;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowGateTest {

    private static final UserInfo SOMEONE = UserInfo.of("someone");

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void marksEveryAnswerThatWasClassed() {
        assertThat(desk.get("/api/v1/widgets").headers().first("X-Kubernetes-PF-FlowSchema-UID"))
                .isPresent();
        assertThat(desk.get("/api/v1/namespaces/a/widgets/none").headers().first("X-Kubernetes-PF-PriorityLevel-UID"))
                .isPresent();
        Desk.Answer forbidden = desk.as(SOMEONE).get("/api/v1/widgets");
        assertThat(forbidden.status()).isEqualTo(403);
        assertThat(forbidden.headers().first("X-Kubernetes-PF-PriorityLevel-UID"))
                .isPresent();
    }

    @Test
    void countsNoConversation() {
        Desk.Answer talk = desk.get("/api/v1/namespaces/a/widgets/one/log");

        assertThat(talk.headers().first("X-Kubernetes-PF-FlowSchema-UID")).isEmpty();
    }

    @Test
    void refusesALimitThatIsNoDuration() {
        Desk.Answer answer = desk.get("/api/v1/widgets?timeout=soon");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("message").asString())
                .isEqualTo("invalid timeout specified in the request URL - time: invalid duration \"soon\"");
        assertThat(desk.get("/api/v1/widgets?timeout=10").json().path("message").asString())
                .endsWith("time: missing unit in duration \"10\"");
        assertThat(desk.get("/api/v1/widgets?timeout=10y")
                        .json()
                        .path("message")
                        .asString())
                .endsWith("time: unknown unit \"y\" in duration \"10y\"");
        assertThat(desk.get("/api/v1/widgets?timeout=0").status()).isEqualTo(200);
        assertThat(desk.get("/api/v1/widgets?timeout=1h2m3.5s").status()).isEqualTo(200);
    }

    @Test
    void refusesNewRequestsWhenItShutsDown() {
        desk.server().close();

        Desk.Answer answer = desk.get("/api/v1/widgets");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers().first("Retry-After")).contains("1");
        assertThat(answer.json().path("message").asString()).isEqualTo("apiserver is shutting down.");
    }

    @Test
    void answersWithStatusAndRetryAfterWhenThereIsNoSeat() throws Exception {
        watch();

        var request = Desk.request("GET", "/api/v1/widgets", Headers.EMPTY, "");
        Response.Full answer = (Response.Full) Answers.fault(request, refusal().fault(), Encodings.TEXT);

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.headers().first("Retry-After")).contains("1");
        var status = dev.longshore.base.Json.parse(answer.body());
        assertThat(status.path("reason").asString()).isEqualTo("TooManyRequests");
        assertThat(status.path("message").asString()).isEqualTo("Too many requests, please try again later.");
        assertThat(status.path("details").path("retryAfterSeconds").asInt()).isEqualTo(1);
    }

    @Test
    void givesSeatsBackThatNobodyBeganToUse() throws Exception {
        watch();
        assertThat(refusal()).isNotNull();

        desk.time.advance(Duration.ofMinutes(1));

        watch();
    }

    @Test
    void holdsTheSeatOfAnAnswerThatIsStillBeingMade() throws Exception {
        Response.Stream stream = watch();
        desk.time.advance(Duration.ofSeconds(1));

        stream.body().writeTo(new ByteArrayOutputStream());

        watch();
    }

    @Test
    void givesTheSeatOfAWatchBackAsSoonAsItSaysSo() throws Exception {
        Response.Stream stream = (Response.Stream) pass(request -> new Response.Stream(200, Headers.EMPTY, out -> {
            request.attribute(Seat.class).orElseThrow().close();
            watchAgain();
        }));

        stream.body().writeTo(new ByteArrayOutputStream());
    }

    @Test
    void givesTheSeatBackWhenWorkFails() throws Exception {
        assertThatThrownBy(() -> pass(request -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");

        watch();
    }

    /// With one seat for everybody but administrators.
    private final FlowGate gate =
            new FlowGate(new FlowControl(1, desk.time), new RequestWidths(resource -> Optional.empty()), desk.time);

    private void watchAgain() {
        try {
            watch();
        } catch (java.io.IOException | InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Response.Stream watch() throws java.io.IOException, InterruptedException {
        return (Response.Stream) pass(request -> new Response.Stream(200, Headers.EMPTY, out -> {}));
    }

    private FaultException refusal() {
        return catchThrowableOfType(FaultException.class, this::watch);
    }

    private Response pass(FlowGate.Work work) throws java.io.IOException, InterruptedException {
        var request = Desk.request("GET", "/api/v1/widgets?watch=true", Headers.EMPTY, "");
        RequestInfo info = RequestInfo.of(request);
        return gate.pass(new FlowGate.Visit(), request, info, info.attributes(SOMEONE), Optional.empty(), work);
    }

    @Test
    void estimatesListsByTheBytesThatTheyHold() {
        var widths = new RequestWidths(resource -> Optional.of(new RequestWidths.Stock(10_000, 4096)));
        assertThat(width(widths, "/api/v1/widgets?resourceVersion=0")).isEqualTo(10);
        assertThat(width(widths, "/api/v1/widgets?limit=500")).isEqualTo(21);
        assertThat(width(widths, "/api/v1/widgets?limit=500&labelSelector=a")).isEqualTo(30);
        assertThat(width(widths, "/api/v1/widgets?limit=1")).isEqualTo(1);
        assertThat(width(widths, "/api/v1/namespaces/a/widgets/one")).isEqualTo(1);
        assertThat(width(widths, "/api/v1/widgets?watch=1")).isEqualTo(1);
        assertThat(width(widths, "/api/v1/widgets?watch=1&sendInitialEvents=true"))
                .isEqualTo(10);
        assertThat(width(new RequestWidths(resource -> Optional.empty()), "/api/v1/widgets"))
                .isEqualTo(1);
    }

    private static int width(RequestWidths widths, String target) {
        var request = Desk.request("GET", target, Headers.EMPTY, "");
        return widths.of(request, RequestInfo.of(request), 30);
    }
}

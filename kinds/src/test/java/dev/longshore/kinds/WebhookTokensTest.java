package dev.longshore.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.base.Time;
import dev.longshore.kinds.authentication.WebhookTokens;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.model.Authenticator.Credentials;
import dev.longshore.model.Authenticator.Verdict;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WebhookTokensTest {

    private static final String YES = "{'kind':'TokenReview','status':{'authenticated':true,'user':{'username':'alice',"
            + "'uid':'1','groups':['dev'],'extra':{'k':['v']}}}}";
    private static final Verdict ALICE =
            new Verdict.Known(new UserInfo("alice", "1", List.of("dev"), Map.of("k", List.of("v"))));

    private final ManualTime time = new ManualTime();

    /// The same time, which whoever sleeps moves on.
    private final Time impatient = new Time() {
        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public long nanoTime() {
            return time.nanoTime();
        }

        @Override
        public void sleep(Duration span) {
            time.advance(span);
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return time.schedule(delay, task);
        }
    };

    private final Deque<ReviewCall.Answer> answers = new ArrayDeque<>();
    private final List<JsonNode> asked = new ArrayList<>();

    private WebhookTokens webhook(String version) {
        return new WebhookTokens(
                (body, limit) -> {
                    asked.add(Json.parse(body));
                    if (answers.isEmpty()) {
                        throw new IOException("connection refused");
                    }
                    return answers.poll();
                },
                version,
                List.of("api"),
                Duration.ofMinutes(2),
                impatient);
    }

    private void answer(int status, String json) {
        answers.add(new ReviewCall.Answer(status, json.replace('\'', '"').getBytes(UTF_8), false));
    }

    private static Credentials token(String... audiences) {
        return Credentials.ofToken("abc", List.of(audiences));
    }

    @Test
    void itIsAskedInItsVersionAndRemembered() {
        var webhook = webhook("v1");
        answer(201, YES);

        assertThat(webhook.authenticate(token())).isEqualTo(ALICE);
        assertThat(webhook.authenticate(token())).isEqualTo(ALICE);

        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().path("apiVersion").asString()).isEqualTo("authentication.k8s.io/v1");
        assertThat(asked.getFirst().path("spec").toString()).isEqualTo("{\"token\":\"abc\"}");
        time.advance(Duration.ofMinutes(2));
        answer(200, "{'kind':'TokenReview','status':{'authenticated':false}}");
        assertThat(webhook.authenticate(token())).isEqualTo(new Verdict.NotMine());
    }

    @Test
    void audiencesAreAskedForAndHeld() {
        var webhook = webhook("v1beta1");
        answer(200, YES);
        assertThat(webhook.authenticate(token("vault"))).isEqualTo(new Verdict.NotMine());
        assertThat(asked.getLast().path("spec").path("audiences").toString()).isEqualTo("[\"vault\"]");

        answer(200, YES);
        assertThat(webhook.authenticate(token("api", "vault")))
                .isInstanceOfSatisfying(
                        Verdict.Known.class,
                        known -> assertThat(known.audiences()).containsExactly("api"));

        answer(200, YES.replace("'authenticated'", "'audiences':['x','y'],'authenticated'"));
        assertThat(webhook.authenticate(token("y", "x", "z")))
                .isInstanceOfSatisfying(
                        Verdict.Known.class,
                        known -> assertThat(known.audiences()).containsExactly("y", "x"));
    }

    @Test
    void whatPassesIsTriedAgainAndWhatDoesNotIsNot() {
        var webhook = webhook("v1");
        answer(503, "");
        answer(200, YES);
        assertThat(webhook.authenticate(token())).isEqualTo(ALICE);

        answer(404, "");
        assertThat(webhook.authenticate(token("api"))).isEqualTo(new Verdict.Rejected("the webhook answered 404"));
        assertThat(asked).hasSize(3);
        assertThat(webhook.authenticate(token("api"))).isEqualTo(new Verdict.Rejected("connection refused"));
        assertThat(asked).hasSize(8);
    }

    @Test
    void nonsenseIsRejectedAndNotRemembered() {
        var webhook = webhook("v1");
        answer(200, "<html>");
        assertThat(webhook.authenticate(token())).isInstanceOf(Verdict.Rejected.class);
        answer(200, "{'kind':'Status'}");
        assertThat(webhook.authenticate(token())).isInstanceOf(Verdict.Rejected.class);
        answer(200, "{'kind':'TokenReview','status':{'error':'no such token'}}");
        assertThat(webhook.authenticate(token())).isEqualTo(new Verdict.Rejected("no such token"));
    }

    @Test
    void otherVersionsAreRefused() {
        assertThatThrownBy(() -> webhook("v2"))
                .hasMessage("unsupported authentication webhook version \"v2\", supported versions are \"v1\","
                        + " \"v1beta1\"");
    }
}

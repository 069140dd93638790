package dev.longshore.kinds.authorization.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import dev.longshore.kinds.authorization.AuthorizationMeters;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.cel.ReviewExpression;
import dev.longshore.model.Authorizer;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class WebhookAuthorizerTest {

    private static final UserInfo ANN =
            new UserInfo("ann", "u1", List.of("dev", "system:authenticated"), Map.of("scopes", List.of("a", "b")));

    private final ManualTime time = new ManualTime();
    private final AuthorizationMeters meters = new AuthorizationMeters(time);
    private final List<JsonNode> asked = new ArrayList<>();
    private final List<Reply> replies = new ArrayList<>();

    /// What the back end does next; of the last one it does not tire.
    private interface Reply {
        ReviewCall.Answer give() throws IOException;
    }

    private ReviewCall.Answer call(byte[] body, Duration limit) throws IOException {
        asked.add(Json.parse(body));
        Reply next = replies.size() > 1 ? replies.removeFirst() : replies.getFirst();
        return next.give();
    }

    private static Reply status(String status) {
        return answer(200, """
                {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","status":%s}""".formatted(status));
    }

    private static Reply answer(int code, String body) {
        return () -> new ReviewCall.Answer(code, body.getBytes(UTF_8), false);
    }

    private Authorizer authorizer(boolean deniesOnError, String... conditions) {
        return authorizer("v1", deniesOnError, conditions);
    }

    private Authorizer authorizer(String version, boolean deniesOnError, String... conditions) {
        var compiled = new ArrayList<ReviewExpression>();
        for (String condition : conditions) {
            try {
                compiled.add(ReviewExpression.compile(condition));
            } catch (Expression.Malformed malformed) {
                throw new AssertionError(malformed);
            }
        }
        return new WebhookAuthorizer(
                new WebhookAuthorizer.Settings(
                        "hook",
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(3),
                        version,
                        deniesOnError,
                        new MatchConditions(compiled)),
                this::call,
                meters,
                time,
                new Random(1));
    }

    private static Authorizer.Attributes list(String namespace) {
        return new Authorizer.Attributes(
                ANN,
                "list",
                "apps",
                "v1",
                "deployments",
                "",
                namespace,
                "",
                "",
                Authorizer.Selection.parse("metadata.name!=x", "tier in (b,a),!old,level>3"));
    }

    private static final Authorizer.Attributes PATH =
            new Authorizer.Attributes(ANN, "get", "", "", "", "", "", "", "/metrics");

    @Test
    void theQuestionIsAReview() {
        replies.add(status("{\"allowed\":true,\"reason\":\"fine\"}"));

        assertThat(authorizer(false).authorize(list("shop"))).isEqualTo(new Authorizer.Decision.Allow("fine"));
        assertThat(asked.getFirst()).isEqualTo(Json.parse("""
                {"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","metadata":{},
                 "spec":{"resourceAttributes":{"namespace":"shop","verb":"list","group":"apps","version":"v1",
                    "resource":"deployments",
                    "fieldSelector":{"requirements":[{"key":"metadata.name","operator":"NotIn","values":["x"]}]},
                    "labelSelector":{"requirements":[{"key":"old","operator":"DoesNotExist"},
                                                     {"key":"tier","operator":"In","values":["a","b"]}]}},
                  "user":"ann","groups":["dev","system:authenticated"],"extra":{"scopes":["a","b"]},"uid":"u1"},
                 "status":{"allowed":false}}"""));
    }

    @Test
    void olderReviewsNameGroupsOtherwise() {
        replies.add(answer(200, """
                {"apiVersion":"authorization.k8s.io/v1beta1","kind":"SubjectAccessReview","status":{"allowed":true}}"""));

        assertThat(authorizer("v1beta1", false).authorize(PATH)).isEqualTo(new Authorizer.Decision.Allow(""));
        assertThat(asked.getFirst().at("/spec")).isEqualTo(Json.parse("""
                {"nonResourceAttributes":{"path":"/metrics","verb":"get"},"user":"ann",
                 "group":["dev","system:authenticated"],"extra":{"scopes":["a","b"]},"uid":"u1"}"""));
    }

    @Test
    void aBackEndMayDenyOrHaveNoOpinionOrContradictItself() {
        replies.add(status("{\"allowed\":false,\"denied\":true,\"reason\":\"never\"}"));
        replies.add(status("{\"allowed\":false,\"reason\":\"not mine\"}"));
        replies.add(status("{\"allowed\":true,\"denied\":true}"));
        Authorizer authorizer = authorizer(false);

        assertThat(authorizer.authorize(list("a"))).isEqualTo(new Authorizer.Decision.Deny("never"));
        assertThat(authorizer.authorize(list("b"))).isEqualTo(new Authorizer.Decision.NoOpinion("not mine"));
        assertThat(authorizer.authorize(list("c")))
                .isEqualTo(new Authorizer.Decision.Deny(
                        "", "webhook subject access review returned both allow and deny response"));
    }

    @Test
    void answersAreGoodForAsLongAsTheirKindIs() {
        replies.add(status("{\"allowed\":true}"));
        Authorizer authorizer = authorizer(false);
        authorizer.authorize(list("a"));
        time.advance(Duration.ofMinutes(5));
        authorizer.authorize(list("a"));
        assertThat(asked).hasSize(1);
        time.advance(Duration.ofSeconds(1));
        replies.set(0, status("{\"allowed\":false}"));
        authorizer.authorize(list("a"));
        authorizer.authorize(list("a"));
        assertThat(asked).hasSize(2);
        time.advance(Duration.ofSeconds(31));
        authorizer.authorize(list("a"));
        assertThat(asked).hasSize(3);
    }

    @Test
    void whatIsTooLongIsNotKept() {
        replies.add(status("{\"allowed\":true}"));
        Authorizer authorizer = authorizer(false);
        authorizer.authorize(list("n".repeat(10_000)));
        authorizer.authorize(list("n".repeat(10_000)));

        assertThat(asked).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailureIsNoOrNoOpinionAsConfigured(boolean denies) {
        replies.add(() -> {
            throw new ConnectException("Connection refused");
        });

        assertThat(authorizer(denies).authorize(list("a")))
                .isEqualTo(
                        denies
                                ? new Authorizer.Decision.Deny("", "Connection refused")
                                : new Authorizer.Decision.NoOpinion("", "Connection refused"));
        assertThat(count("apiserver_authorization_webhook_evaluations_total", "name", "hook", "result", "error"))
                .isEqualTo(1);
        assertThat(count(
                        "apiserver_authorization_webhook_evaluations_fail_open_total",
                        "name",
                        "hook",
                        "result",
                        "error"))
                .isEqualTo(denies ? 0 : 1);
    }

    @Test
    void aBackEndThatHangsIsLeftWithinItsTime() {
        replies.add(() -> {
            throw new SocketTimeoutException("Read timed out");
        });

        assertThat(authorizer(true).authorize(list("a"))).isEqualTo(new Authorizer.Decision.Deny("", "Read timed out"));
        assertThat(asked).hasSize(1);
        assertThat(count("apiserver_authorization_webhook_evaluations_total", "name", "hook", "result", "timeout"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "[]",
                "{\"kind\":\"SubjectAccessReview\",\"apiVersion\":\"authorization.k8s.io/v9\",\"status\":{\"allowed\":true}}",
                "{\"kind\":\"TokenReview\",\"apiVersion\":\"authorization.k8s.io/v1\",\"status\":{\"allowed\":true}}"
            })
    void nonsenseIsAFailure(String body) {
        replies.add(answer(200, body));

        Authorizer.Decision decision = authorizer(true).authorize(list("a"));

        assertThat(decision).isInstanceOf(Authorizer.Decision.Deny.class);
        assertThat(decision.error()).isNotEmpty();
    }

    @Test
    void whatFailsInPassingIsAskedAgain() throws Exception {
        replies.add(answer(500, "oops"));
        replies.add(answer(429, ""));
        replies.add(status("{\"allowed\":true}"));
        Authorizer authorizer = authorizer(false);

        var decision = CompletableFuture.supplyAsync(() -> authorizer.authorize(list("a")));
        await("a decision, however often the clock goes on")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    time.advance(Duration.ofSeconds(5));
                    return decision.isDone();
                });

        assertThat(decision.get()).isEqualTo(new Authorizer.Decision.Allow(""));
        assertThat(asked).hasSize(3);
    }

    @Test
    void whatFailsForGoodIsNot() {
        replies.add(answer(403, "go away"));

        assertThat(authorizer(false).authorize(list("a")))
                .isEqualTo(new Authorizer.Decision.NoOpinion("", "the authorization webhook answered 403: go away"));
        assertThat(asked).hasSize(1);
    }

    @Test
    void onlyQuestionsThatFitAreAsked() {
        replies.add(status("{\"allowed\":true}"));
        Authorizer authorizer = authorizer(
                false,
                "has(request.resourceAttributes)",
                "request.resourceAttributes.namespace == 'shop' && request.groups.exists(g, g == 'dev')",
                "request.user != 'root' && request.extra['scopes'].size() == 2 && request.uid == 'u1'",
                "request.resourceAttributes.labelSelector.requirements.exists(r, r.key == 'tier' && 'a' in r.values)");

        assertThat(authorizer.authorize(list("shop"))).isEqualTo(new Authorizer.Decision.Allow(""));
        assertThat(authorizer.authorize(list("other"))).isEqualTo(new Authorizer.Decision.NoOpinion(""));
        assertThat(authorizer.authorize(PATH)).isEqualTo(new Authorizer.Decision.NoOpinion(""));
        assertThat(asked).hasSize(1);
        assertThat(count("apiserver_authorization_match_condition_exclusions_total", "type", "Webhook", "name", "hook"))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConditionThatFailsIsAFailureUnlessAnotherExcludes(boolean denies) {
        replies.add(status("{\"allowed\":true}"));

        Authorizer.Decision failed =
                authorizer(denies, "request.extra['none'].size() == 1").authorize(list("a"));
        Authorizer.Decision excluded = authorizer(denies, "request.extra['none'].size() == 1", "request.user == 'bob'")
                .authorize(list("a"));

        assertThat(failed.error())
                .isEqualTo("cel evaluation error: expression 'request.extra['none'].size() == 1' resulted in error: no"
                        + " such key: none");
        assertThat(failed instanceof Authorizer.Decision.Deny).isEqualTo(denies);
        assertThat(excluded).isEqualTo(new Authorizer.Decision.NoOpinion(""));
        assertThat(asked).isEmpty();
    }

    @Test
    void itsRulesCannotBeListed() {
        assertThat(authorizer(false).rules(ANN, "a"))
                .isEqualTo(new Authorizer.Rules(
                        List.of(), List.of(), true, "webhook authorizer does not support user rule resolution"));
    }

    private double count(String family, String... labels) {
        var values = java.util.stream.IntStream.range(0, labels.length / 2)
                .mapToObj(i -> labels[2 * i + 1])
                .toList();
        return meters.families().stream()
                .filter(found -> found.name().equals(family))
                .flatMap(found -> found.samples().stream())
                .filter(sample -> sample.values().equals(values))
                .mapToDouble(MetricFamily.Sample::value)
                .sum();
    }
}

package dev.longshore.kinds.authorization.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.authorization.AuthorizationMeters;
import dev.longshore.kinds.kit.AnswerCache;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Has a back end decide: it is sent a SubjectAccessReview and answers it. Answers are kept for a while. A back end
/// that fails in passing is asked again, up to five times within some seconds. Thread-safe; blocks.
public final class WebhookAuthorizer implements Authorizer {

    /// Longer questions are not kept: somebody could fill the memory with them.
    private static final int LONGEST_KEPT = 10_000;

    private static final int MOST_KEPT = 8192;
    private static final int TRIES = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final double LONGER = 1.5;
    private static final double JITTER = 0.2;
    private static final int SHOWN = 512;

    private final Settings settings;
    private final ReviewCall call;
    private final AuthorizationMeters meters;
    private final Time time;
    private final RandomGenerator randomness;
    private final AnswerCache<Status> answers;

    /// How it is asked, and what its silence means.
    ///
    /// @param authorizedLife how long a yes is good; zero: for this question only
    /// @param unauthorizedLife how long anything else is good
    /// @param timeout of one call
    /// @param version of the reviews, `v1` or `v1beta1`
    /// @param deniesOnError whether a failure is a no rather than no opinion
    public record Settings(
            String name,
            Duration authorizedLife,
            Duration unauthorizedLife,
            Duration timeout,
            String version,
            boolean deniesOnError,
            MatchConditions conditions) {}

    /// What a back end says.
    private record Status(boolean allowed, boolean denied, String reason) {}

    /// A call that came to nothing.
    private static final class CallFailed extends Exception {
        private static final long serialVersionUID = 1;
        private final String result;
        private final boolean isPassing;

        CallFailed(String message, String result, boolean isPassing, Throwable cause) {
            super(message, cause);
            this.result = result;
            this.isPassing = isPassing;
        }
    }

    /// Asks through `call`, which it does not close.
    public WebhookAuthorizer(
            Settings settings, ReviewCall call, AuthorizationMeters meters, Time time, RandomGenerator randomness) {
        this.settings = settings;
        this.call = call;
        this.meters = meters;
        this.time = time;
        this.randomness = randomness;
        this.answers = new AnswerCache<>(MOST_KEPT, time);
    }

    @Override
    public Decision authorize(Attributes attributes) {
        ObjectNode spec = AccessQuestion.spec(attributes);
        Optional<Decision> unasked = unasked(spec);
        if (unasked.isPresent()) {
            return unasked.get();
        }
        String question = spec.toString();
        Optional<Status> kept = answers.find(question);
        if (kept.isPresent()) {
            return decision(kept.get());
        }
        try {
            Status status = asked(spec);
            if (isShort(attributes)) {
                answers.keep(
                        question, status, status.allowed ? settings.authorizedLife() : settings.unauthorizedLife());
            }
            return decision(status);
        } catch (CallFailed failed) {
            if (!settings.deniesOnError() && !failed.result.equals(AuthorizationMeters.CANCELED)) {
                meters.failedOpen(settings.name(), failed.result);
            }
            return failed(failed.getMessage());
        }
    }

    /// What is decided without asking; empty if asking it is.
    private Optional<Decision> unasked(ObjectNode spec) {
        if (settings.conditions().conditions().isEmpty()) {
            return Optional.empty();
        }
        long begun = time.nanoTime();
        MatchConditions.Outcome outcome = settings.conditions().evaluate(spec);
        meters.matched(
                settings.name(),
                time.nanoTime() - begun,
                outcome.fits(),
                !outcome.errors().isEmpty());
        if (!outcome.errors().isEmpty()) {
            List<String> errors = outcome.errors();
            return Optional.of(failed(errors.size() == 1 ? errors.getFirst() : "[" + String.join(", ", errors) + "]"));
        }
        return outcome.fits() ? Optional.empty() : Optional.of(new Decision.NoOpinion(""));
    }

    private Decision failed(String error) {
        return settings.deniesOnError() ? new Decision.Deny("", error) : new Decision.NoOpinion("", error);
    }

    private static Decision decision(Status status) {
        if (status.denied) {
            return new Decision.Deny(
                    status.reason,
                    status.allowed ? "webhook subject access review returned both allow and deny response" : "");
        }
        return status.allowed ? new Decision.Allow(status.reason) : new Decision.NoOpinion(status.reason);
    }

    private static boolean isShort(Attributes asked) {
        int letters = asked.namespace().length()
                + asked.verb().length()
                + asked.group().length()
                + asked.version().length()
                + asked.resource().length()
                + asked.subresource().length()
                + asked.name().length()
                + asked.path().length();
        return letters < LONGEST_KEPT;
    }

    private Status asked(ObjectNode spec) throws CallFailed {
        byte[] body = Json.bytes(AccessQuestion.review(spec, settings.version()));
        double pause = FIRST_PAUSE.toNanos();
        for (int i = 1; ; i++) {
            try {
                return once(body);
            } catch (CallFailed failed) {
                if (!failed.isPassing || i == TRIES) {
                    throw failed;
                }
                pause((long) (pause * (1 + JITTER * randomness.nextDouble())));
                pause *= LONGER;
            }
        }
    }

    private void pause(long nanos) throws CallFailed {
        try {
            time.sleep(Duration.ofNanos(nanos));
        } catch (InterruptedException left) {
            Thread.currentThread().interrupt();
            throw new CallFailed("context canceled", AuthorizationMeters.CANCELED, false, left);
        }
    }

    private Status once(byte[] body) throws CallFailed {
        long begun = time.nanoTime();
        String result = AuthorizationMeters.ERROR;
        try {
            Status status = post(body);
            result = AuthorizationMeters.SUCCESS;
            return status;
        } catch (CallFailed failed) {
            result = failed.result;
            throw failed;
        } finally {
            meters.called(settings.name(), result, time.nanoTime() - begun);
        }
    }

    private Status post(byte[] body) throws CallFailed {
        try {
            return read(call.post(body, settings.timeout()));
        } catch (SocketTimeoutException silent) {
            throw new CallFailed(message(silent), AuthorizationMeters.TIMEOUT, false, silent);
        } catch (IOException unreachable) {
            boolean isReset = message(unreachable).contains("reset");
            throw new CallFailed(message(unreachable), AuthorizationMeters.ERROR, isReset, unreachable);
        }
    }

    private static String message(IOException failed) {
        return String.valueOf(failed.getMessage());
    }

    private Status read(ReviewCall.Answer answer) throws CallFailed {
        if (answer.status() < 200 || answer.status() > 206) {
            throw refused(answer);
        }
        JsonNode review;
        try {
            review = Json.parse(answer.body());
        } catch (Json.MalformedException broken) {
            throw new CallFailed(
                    "couldn't get version/kind; json parse error: " + broken.getMessage(),
                    AuthorizationMeters.ERROR,
                    false,
                    broken);
        }
        String version = "authorization.k8s.io/" + settings.version();
        boolean isReview = Trees.text(review, "kind").equals("SubjectAccessReview")
                && Trees.text(review, "apiVersion").equals(version);
        if (!isReview) {
            throw new CallFailed(
                    "the answer is no SubjectAccessReview of version \"%s\" but \"%s\" of version \"%s\""
                            .formatted(version, Trees.text(review, "kind"), Trees.text(review, "apiVersion")),
                    AuthorizationMeters.ERROR,
                    false,
                    null);
        }
        JsonNode status = review.path("status");
        return new Status(Trees.flag(status, "allowed"), Trees.flag(status, "denied"), Trees.text(status, "reason"));
    }

    private static CallFailed refused(ReviewCall.Answer answer) {
        byte[] body = answer.body();
        String text = new String(body, 0, Math.min(SHOWN, body.length), UTF_8).strip();
        int status = answer.status();
        boolean isPassing = status == 500 || status == 504 || status == 429 || answer.asksForLater();
        return new CallFailed(
                "the authorization webhook answered " + status + (text.isEmpty() ? "" : ": " + text),
                status == 504 ? AuthorizationMeters.TIMEOUT : AuthorizationMeters.ERROR,
                isPassing,
                null);
    }

    @Override
    public Rules rules(UserInfo user, String namespace) {
        return new Rules(List.of(), List.of(), true, "webhook authorizer does not support user rule resolution");
    }
}

package dev.longshore.kinds.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.kinds.kit.AnswerCache;
import dev.longshore.kinds.kit.Trees;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Asks a back end about images, by ImageReview. Answers are kept for a while; what fails in passing is asked again, up
/// to five times, as long as the request has time. Thread-safe; blocks.
final class ImageReviews {

    private static final String VERSION = "imagepolicy.k8s.io/v1alpha1";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int KEPT = 1024;

    /// Answers to longer questions are not kept: somebody could fill the memory with them.
    private static final int LONGEST_KEPT = 10_000;

    private static final int TRIES = 5;
    private static final double LONGER = 1.5;
    private static final double JITTER = 0.2;

    private final ImagePolicySettings settings;
    private final ReviewCall call;
    private final Time time;
    private final RandomGenerator randomness;
    private final AnswerCache<Answer> answers;

    /// Asks through `call`, which it does not close.
    ImageReviews(ImagePolicySettings settings, ReviewCall call, Time time, RandomGenerator randomness) {
        this.settings = settings;
        this.call = call;
        this.time = time;
        this.randomness = randomness;
        this.answers = new AnswerCache<>(KEPT, time);
    }

    /// What the back end says.
    ///
    /// @param notes for the audit
    record Answer(boolean isAllowed, String reason, Map<String, String> notes) {}

    /// The back end's answer to `spec`.
    ///
    /// @throws IOException when there is none
    Answer ask(ObjectNode spec, Instant deadline) throws IOException {
        String question = spec.toString();
        Optional<Answer> kept = answers.find(question);
        if (kept.isPresent()) {
            return kept.get();
        }
        Answer answer = read(answered(Json.bytes(review(spec)), deadline));
        if (question.length() < LONGEST_KEPT) {
            answers.keep(question, answer, answer.isAllowed ? settings.allowed() : settings.denied());
        }
        return answer;
    }

    private static ObjectNode review(ObjectNode spec) {
        ObjectNode review = Json.object().put("kind", "ImageReview").put("apiVersion", VERSION);
        review.putObject("metadata");
        review.set("spec", spec);
        review.putObject("status").put("allowed", false);
        return review;
    }

    private byte[] answered(byte[] body, Instant deadline) throws IOException {
        double pause = settings.pause().toNanos();
        for (int i = 1; ; i++) {
            String failure;
            try {
                ReviewCall.Answer answer = call.post(body, left(deadline));
                if (answer.status() / 100 == 2) {
                    return answer.body();
                }
                failure = "Error contacting webhook: " + answer.status();
                if (!isPassing(answer)) {
                    throw new IOException(failure);
                }
            } catch (IOException unreachable) {
                if (!String.valueOf(unreachable.getMessage()).contains("reset")) {
                    throw unreachable;
                }
                failure = unreachable.getMessage();
            }
            Duration wait = Duration.ofNanos((long) (pause * (1 + JITTER * randomness.nextDouble())));
            // The request would be over before it is asked again.
            boolean isLate = !time.now().plus(wait).isBefore(deadline);
            if (i == TRIES || isLate) {
                throw new IOException(failure);
            }
            pause(wait);
            pause *= LONGER;
        }
    }

    private static boolean isPassing(ReviewCall.Answer answer) {
        int status = answer.status();
        return status == 500 || status == 504 || status == 429 || answer.asksForLater();
    }

    private Duration left(Instant deadline) {
        if (deadline.equals(Instant.MAX)) {
            return LIMIT;
        }
        Duration left = Duration.between(time.now(), deadline);
        Duration least = left.isPositive() ? left : Duration.ofMillis(1);
        return least.compareTo(LIMIT) < 0 ? least : LIMIT;
    }

    private void pause(Duration length) throws IOException {
        try {
            time.sleep(length);
        } catch (InterruptedException left) {
            Thread.currentThread().interrupt();
            throw new IOException("context canceled", left);
        }
    }

    private static Answer read(byte[] body) throws IOException {
        JsonNode review;
        try {
            review = Json.parse(body);
        } catch (Json.MalformedException broken) {
            throw new IOException("couldn't get version/kind; json parse error: " + broken.getMessage(), broken);
        }
        boolean isReview = Trees.text(review, "kind").equals("ImageReview")
                && Trees.text(review, "apiVersion").equals(VERSION);
        if (!isReview) {
            throw new IOException("the answer is no ImageReview of version \"" + VERSION + "\": "
                    + new String(body, 0, Math.min(200, body.length), UTF_8));
        }
        JsonNode status = review.path("status");
        return new Answer(
                Trees.flag(status, "allowed"), Trees.text(status, "reason"), Trees.texts(status, "auditAnnotations"));
    }
}

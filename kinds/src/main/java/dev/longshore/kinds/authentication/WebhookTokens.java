package dev.longshore.kinds.authentication;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authenticator;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Asks somebody outside whose tokens are, by TokenReview. What was answered is remembered for a while; what was not is
/// asked again, a few times at once and then with the next request. Thread-safe.
public final class WebhookTokens implements Authenticator, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WebhookTokens.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final int TRIES = 5;
    private static final int REMEMBERED = 4096;
    private static final int SUCCESS = 2;

    private final ReviewCall call;
    private final String version;
    private final List<String> audiences;
    private final Duration memory;
    private final Time time;
    private final Map<String, Answer> answers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
            return size() > REMEMBERED;
        }
    };

    /// @param call the way there
    /// @param version of `authentication.k8s.io` that is spoken: `v1` or `v1beta1`
    /// @param audiences the API server's own, which an answer that names none is for
    /// @param memory how long answers are remembered
    /// @throws IllegalArgumentException when there is no such version
    public WebhookTokens(ReviewCall call, String version, List<String> audiences, Duration memory, Time time) {
        if (!version.equals("v1") && !version.equals("v1beta1")) {
            throw new IllegalArgumentException("unsupported authentication webhook version \"" + version
                    + "\", supported versions are \"v1\", \"v1beta1\"");
        }
        this.call = call;
        this.version = version;
        this.audiences = List.copyOf(audiences);
        this.memory = memory;
        this.time = time;
    }

    private record Answer(Verdict verdict, Instant until) {}

    @Override
    public Verdict authenticate(Credentials credentials) {
        if (credentials.bearerToken().isEmpty()) {
            return new Verdict.NotMine();
        }
        String token = credentials.bearerToken().get();
        String key = Digests.of(token, credentials.audiences());
        Optional<Verdict> known = remembered(key);
        if (known.isPresent()) {
            return known.get();
        }
        try {
            Verdict verdict = read(ask(review(token, credentials.audiences())), credentials.audiences());
            if (!(verdict instanceof Verdict.Rejected)) {
                synchronized (answers) {
                    answers.put(key, new Answer(verdict, time.now().plus(memory)));
                }
            }
            return verdict;
        } catch (IOException unreachable) {
            log.error("Failed to make webhook authenticator request: {}", unreachable.getMessage());
            return new Verdict.Rejected(unreachable.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Verdict.Rejected("interrupted while the webhook was asked");
        }
    }

    private Optional<Verdict> remembered(String key) {
        synchronized (answers) {
            return Optional.ofNullable(answers.get(key))
                    .filter(answer -> time.now().isBefore(answer.until))
                    .map(Answer::verdict);
        }
    }

    private ObjectNode review(String token, List<String> wanted) {
        ObjectNode review =
                Json.object().put("kind", "TokenReview").put("apiVersion", "authentication.k8s.io/" + version);
        review.putObject("metadata");
        ObjectNode spec = review.putObject("spec").put("token", token);
        if (!wanted.isEmpty()) {
            wanted.forEach(spec.putArray("audiences")::add);
        }
        review.putObject("status").putObject("user");
        return review;
    }

    private JsonNode ask(ObjectNode review) throws IOException, InterruptedException {
        byte[] body = Json.bytes(review);
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                return asked(body);
            } catch (RefusedException refused) {
                throw refused;
            } catch (IOException failed) {
                if (attempt == TRIES) {
                    throw failed;
                }
            }
            time.sleep(pause);
            pause = pause.multipliedBy(3).dividedBy(2);
        }
    }

    /// An answer that would be no other the next time.
    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private JsonNode asked(byte[] body) throws IOException {
        ReviewCall.Answer answer = call.post(body, LIMIT);
        if (answer.status() / 100 != SUCCESS) {
            String why = "the webhook answered " + answer.status();
            boolean isPassing = answer.status() >= 500 || answer.status() == 429;
            throw isPassing ? new IOException(why) : new RefusedException(why);
        }
        try {
            JsonNode told = Json.parse(answer.body());
            if (!Trees.text(told, "kind").equals("TokenReview")) {
                throw new RefusedException("the webhook did not answer with a TokenReview");
            }
            return told.path("status");
        } catch (Json.MalformedException notJson) {
            throw new RefusedException("the webhook did not answer with JSON: " + notJson.getMessage());
        }
    }

    private Verdict read(JsonNode status, List<String> wanted) {
        List<String> told = Trees.strings(status, "audiences");
        List<String> common = wanted.stream()
                .filter((told.isEmpty() ? audiences : told)::contains)
                .toList();
        if (!wanted.isEmpty() && common.isEmpty()) {
            return new Verdict.NotMine();
        }
        if (!Trees.flag(status, "authenticated")) {
            String error = Trees.text(status, "error");
            return error.isEmpty() ? new Verdict.NotMine() : new Verdict.Rejected(error);
        }
        JsonNode user = status.path("user");
        var extra = new HashMap<String, List<String>>();
        user.path("extra")
                .properties()
                .forEach(entry -> extra.put(entry.getKey(), Trees.strings(user, "extra", entry.getKey())));
        return new Verdict.Known(
                new UserInfo(
                        Trees.text(user, "username"), Trees.text(user, "uid"), Trees.strings(user, "groups"), extra),
                common);
    }

    @Override
    public void close() {
        call.close();
    }
}

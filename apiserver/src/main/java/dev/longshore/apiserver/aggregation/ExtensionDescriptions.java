package dev.longshore.apiserver.aggregation;

import dev.longshore.apiserver.aggregation.ExtensionClient.Answer;
import dev.longshore.apiserver.aggregation.ExtensionClient.As;
import dev.longshore.apiserver.aggregation.ExtensionClient.NoAnswerException;
import dev.longshore.apiserver.aggregation.ExtensionClient.Question;
import dev.longshore.apiserver.openapi.SwaggerMerge;
import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Knows how the servers behind APIServices describe themselves (OpenAPI): asks each soon after its APIService
/// changes, and every minute. Who does not answer keeps its last description.
final class ExtensionDescriptions implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int MOST_BYTES = 32 << 20;
    private static final String TWO = "/openapi/v2";
    private static final String THREE = "/openapi/v3";

    private final ExtensionClient client;
    private final Supplier<Registrations> registrations;
    private final Runnable onChange;
    private final Chores chores;
    private final Map<String, Kept> known = new ConcurrentHashMap<>();

    /// @param onChange runs when something else is known than before
    ExtensionDescriptions(ExtensionClient client, Supplier<Registrations> registrations, Runnable onChange, Time time) {
        this.client = client;
        this.registrations = registrations;
        this.onChange = onChange;
        // One after the other: the documents are large.
        this.chores = new Chores("openapi", 1, time, new Chores.Backoff(AGAIN, LONGEST), this::look);
    }

    /// @param etag of the whole document of version 2, as its server tells it
    private record Kept(Description description, String etag) {
        static final Kept NOTHING = new Kept(Description.NOTHING, "");
    }

    void changed(String name) {
        chores.addAfter(name, SOON);
    }

    void gone(String name) {
        chores.forget(name);
        if (known.remove(name) != null) {
            onChange.run();
        }
    }

    Description of(String name) {
        return known.getOrDefault(name, Kept.NOTHING).description;
    }

    @Override
    public void close() {
        chores.close();
    }

    private Optional<Duration> look(String name) throws Chores.FailedException, InterruptedException {
        Optional<ApiRegistration> registration = registrations.get().named(name).filter(one -> !one.isLocal());
        if (registration.isEmpty()) {
            gone(name);
            return Optional.empty();
        }
        if (!registration.get().isAvailable()) {
            // When it is, we are told.
            return Optional.empty();
        }
        Kept before = known.getOrDefault(name, Kept.NOTHING);
        try {
            Kept two = two(registration.get(), before);
            String part = part(registration.get());
            Kept now = new Kept(new Description(part, two.description.swagger(), two.description.tag()), two.etag);
            if (!now.equals(known.put(name, now))) {
                onChange.run();
            }
            return Optional.of(AGAIN);
        } catch (NoAnswerException | Json.MalformedException silent) {
            throw new Chores.FailedException(silent.getMessage());
        }
    }

    private Kept two(ApiRegistration registration, Kept before) throws NoAnswerException, InterruptedException {
        Headers headers = Headers.of("Accept", "application/json");
        Answer answer =
                ask(registration, TWO, before.etag.isEmpty() ? headers : headers.with("If-None-Match", before.etag));
        return switch (answer.status()) {
            case 304 -> before;
            case 404 -> Kept.NOTHING;
            case 200 -> {
                String tag = Digest.sha256(answer.body()).hex();
                if (tag.equals(before.description.tag())) {
                    yield before;
                }
                if (!(Json.parse(answer.body()) instanceof ObjectNode document)) {
                    throw new NoAnswerException("the server described itself by no object");
                }
                ObjectNode share = SwaggerMerge.below(document, registration.path() + "/");
                yield new Kept(
                        new Description("", Optional.of(share), tag),
                        answer.headers().first("ETag").orElse(""));
            }
            default -> throw new NoAnswerException("the server answered " + answer.status());
        };
    }

    /// Where the document of version 3 is; others than of the version that it is there for are not asked for.
    private String part(ApiRegistration registration) throws NoAnswerException, InterruptedException {
        Answer answer = ask(registration, THREE, Headers.of("Accept", "application/json"));
        if (answer.status() == 404) {
            return "";
        }
        if (answer.status() != 200) {
            throw new NoAnswerException("the server answered " + answer.status());
        }
        JsonNode told = Json.parse(answer.body())
                .path("paths")
                .path(registration.path().substring(1))
                .path("serverRelativeURL");
        String plain = THREE + registration.path();
        if (!told.isString()) {
            return "";
        }
        return told.asString().equals(plain) || told.asString().startsWith(plain + "?") ? told.asString() : plain;
    }

    private Answer ask(ApiRegistration registration, String path, Headers headers)
            throws NoAnswerException, InterruptedException {
        return client.ask(registration, new Question(As.READER, path, headers, LIMIT, MOST_BYTES));
    }
}

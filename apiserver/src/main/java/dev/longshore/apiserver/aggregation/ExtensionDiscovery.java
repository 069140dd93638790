package dev.longshore.apiserver.aggregation;

import dev.longshore.apiserver.aggregation.ExtensionClient.Answer;
import dev.longshore.apiserver.aggregation.ExtensionClient.As;
import dev.longshore.apiserver.aggregation.ExtensionClient.NoAnswerException;
import dev.longshore.apiserver.aggregation.ExtensionClient.Question;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Knows what the servers behind APIServices have: asks each when its APIService changes, and every minute. Who does
/// not answer keeps what was known, as stale.
final class ExtensionDiscovery implements AutoCloseable {

    private static final Duration AGAIN = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 8 << 20;
    private static final int WORKERS = 2;
    private static final String KIND = "as=APIGroupDiscoveryList";
    private static final String ACCEPT = accept("v2") + "," + accept("v2beta1");

    private final ExtensionClient client;
    private final Supplier<Registrations> registrations;
    private final Runnable onChange;
    private final Chores chores;
    private final Map<String, Kept> known = new ConcurrentHashMap<>();

    /// @param onChange runs when something else is known than before
    ExtensionDiscovery(ExtensionClient client, Supplier<Registrations> registrations, Runnable onChange, Time time) {
        this.client = client;
        this.registrations = registrations;
        this.onChange = onChange;
        this.chores =
                new Chores("discovery", WORKERS, time, new Chores.Backoff(Duration.ofMillis(500), AGAIN), this::look);
    }

    /// What is known of a server, and under which tag it told it.
    private record Kept(Discovered discovered, String tag) {
        static final Kept NOTHING = new Kept(Discovered.NOTHING, "");
    }

    private static String accept(String version) {
        return "application/json;g=apidiscovery.k8s.io;v=" + version + ";" + KIND;
    }

    void changed(String name) {
        chores.add(name);
    }

    void gone(String name) {
        chores.forget(name);
        if (known.remove(name) != null) {
            onChange.run();
        }
    }

    /// What is known of the server behind the APIService called `name`.
    Discovered of(String name) {
        return known.getOrDefault(name, Kept.NOTHING).discovered;
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
        Kept before = known.getOrDefault(name, Kept.NOTHING);
        try {
            keep(name, asked(registration.get(), before));
            return Optional.of(AGAIN);
        } catch (NoAnswerException | Json.MalformedException silent) {
            keep(name, new Kept(before.discovered.stale(), before.tag));
            throw new Chores.FailedException(silent.getMessage());
        }
    }

    private void keep(String name, Kept now) {
        if (!now.equals(known.put(name, now))) {
            onChange.run();
        }
    }

    private Kept asked(ApiRegistration registration, Kept before) throws NoAnswerException, InterruptedException {
        Headers headers = Headers.of("Accept", ACCEPT);
        Answer all =
                ask(registration, "/apis", before.tag.isEmpty() ? headers : headers.with("If-None-Match", before.tag));
        if (all.status() == 304) {
            return new Kept(new Discovered(before.discovered.resources(), false), before.tag);
        }
        if (all.status() == 503) {
            throw new NoAnswerException("the server answered 503");
        }
        String type = all.headers().first("Content-Type").orElse("");
        if (all.status() == 200 && type.contains(KIND)) {
            JsonNode list = Json.parse(all.body());
            ArrayNode resources = DiscoveryForms.aggregated(list, registration.group(), registration.version())
                    .orElseGet(Json::array);
            return new Kept(
                    new Discovered(resources, false),
                    all.headers().first("ETag").orElse(""));
        }
        return new Kept(new Discovered(plain(registration), false), "");
    }

    /// Of a server that knows the older form only.
    private ArrayNode plain(ApiRegistration registration) throws NoAnswerException, InterruptedException {
        Answer one = ask(registration, registration.path(), Headers.of("Accept", "application/json"));
        if (one.status() != 200) {
            throw new NoAnswerException("the server answered " + one.status());
        }
        return DiscoveryForms.plain(Json.parse(one.body()))
                .orElseThrow(() -> new NoAnswerException("the server answered no list of resources"));
    }

    private Answer ask(ApiRegistration registration, String path, Headers headers)
            throws NoAnswerException, InterruptedException {
        return client.ask(registration, new Question(As.MASTER, path, headers, LIMIT, MOST_BYTES));
    }
}

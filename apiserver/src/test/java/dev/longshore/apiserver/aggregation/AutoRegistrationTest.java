package dev.longshore.apiserver.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ServingPriority;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AutoRegistrationTest {

    private static final String LABEL = "kube-aggregator.kubernetes.io/automanaged";
    private static final ServingPriority APPS = new ServingPriority(17800, 15);
    private static final ServingPriority CUSTOM = new ServingPriority(1000, 100);

    private final Shelf shelf = new Shelf();
    private final ManualTime time = new ManualTime();
    private final AutoRegistration registration = new AutoRegistration(shelf, time);

    @AfterEach
    void close() {
        registration.close();
    }

    private void start() {
        Set<String> present =
                shelf.list(Aggregator.SERVICES, "").stream().map(Resource::name).collect(Collectors.toSet());
        registration.start(present);
    }

    private Resource apps() {
        return shelf.get(Aggregator.SERVICES, "", "v1.apps").orElseThrow();
    }

    private void put(String name, String label, int priority) {
        Resource object = Resource.of(new GroupVersionKind("apiregistration.k8s.io", "v1", "APIService"), "", name);
        if (!label.isEmpty()) {
            object.metadata().putObject("labels").put(LABEL, label);
        }
        object.object("spec").put("groupPriorityMinimum", priority);
        shelf.create(object);
    }

    private boolean isThere(String name) {
        return shelf.get(Aggregator.SERVICES, "", name).isPresent();
    }

    private static void until(String what, Callable<Boolean> isSo) {
        await(what)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(isSo);
    }

    private void untilSettled() {
        until("an end of what is pending", () -> registration.pending().isEmpty());
    }

    @Test
    void whatIsBuiltInGetsAnAvailableApiServiceAtTheStart() {
        registration.wantOnStart("apps", "v1", APPS);
        registration.wantOnStart("", "v1", new ServingPriority(18000, 1));
        assertThat(registration.pending()).extracting(ApiRegistration::name).containsExactly("v1.", "v1.apps");

        start();
        untilSettled();

        assertThat(apps().labels()).containsEntry(LABEL, "onstart");
        assertThat(apps().at("spec").toString())
                .isEqualTo(
                        "{\"group\":\"apps\",\"version\":\"v1\",\"groupPriorityMinimum\":17800,\"versionPriority\":15}");
        assertThat(AvailableCondition.isTrue(apps())).isTrue();
        assertThat(shelf.get(Aggregator.SERVICES, "", "v1.")
                        .orElseThrow()
                        .at("spec")
                        .has("group"))
                .isFalse();
    }

    @Test
    void whatSomebodyTookOverAfterTheStartStaysHis() {
        registration.wantOnStart("apps", "v1", APPS);
        start();
        untilSettled();
        shelf.change(Aggregator.SERVICES, "", "v1.apps", object -> {
            object.object("spec").putObject("service").put("name", "mine");
            return object;
        });
        int writes = shelf.writes();

        registration.changed("v1.apps");
        registration.want("other", "v1", CUSTOM);
        until("v1.other", () -> isThere("v1.other"));

        assertThat(shelf.writes()).isEqualTo(writes + 1);
        assertThat(apps().text("spec", "service", "name")).isEqualTo("mine");
    }

    @Test
    void whatWasDeletedAfterTheStartComesBackAtTheNext() {
        registration.wantOnStart("apps", "v1", APPS);
        start();
        untilSettled();
        shelf.delete(Aggregator.SERVICES, "", "v1.apps", Optional.empty());
        registration.changed("v1.apps");
        registration.want("other", "v1", CUSTOM);
        until("v1.other", () -> isThere("v1.other"));
        assertThat(isThere("v1.apps")).isFalse();

        try (var next = new AutoRegistration(shelf, time)) {
            next.wantOnStart("apps", "v1", APPS);
            next.start(Set.of("v1.other"));
            until("v1.apps", () -> isThere("v1.apps"));
        }
    }

    @Test
    void leftoversOfAnotherReleaseAreMendedOrDeletedAndOthersStay() {
        put("v1.apps", "onstart", 3);
        put("v1beta9.apps", "onstart", 3);
        put("v1.fish", "", 3);
        registration.wantOnStart("apps", "v1", APPS);

        start();
        untilSettled();
        until("an end of v1beta9.apps", () -> !isThere("v1beta9.apps"));

        assertThat(apps().at("spec", "groupPriorityMinimum").asInt()).isEqualTo(17800);
        assertThat(isThere("v1.fish")).isTrue();
    }

    @Test
    void whatIsCustomIsKeptAsLongAsItIsServed() {
        start();
        registration.want("fish.example.com", "v1", CUSTOM);
        until("v1.fish.example.com", () -> isThere("v1.fish.example.com"));
        assertThat(shelf.get(Aggregator.SERVICES, "", "v1.fish.example.com")
                        .orElseThrow()
                        .labels())
                .containsEntry(LABEL, "true");

        shelf.delete(Aggregator.SERVICES, "", "v1.fish.example.com", Optional.empty());
        registration.changed("v1.fish.example.com");
        until("v1.fish.example.com", () -> isThere("v1.fish.example.com"));

        registration.unwant("fish.example.com", "v1");
        until("an end of v1.fish.example.com", () -> !isThere("v1.fish.example.com"));
    }

    @Test
    void whoeverServesACustomGroupHimselfIsLeftAlone() {
        put("v1.fish.example.com", "", 7);
        start();

        registration.want("fish.example.com", "v1", CUSTOM);
        untilSettled();

        assertThat(shelf.writes()).isEqualTo(1);
    }
}

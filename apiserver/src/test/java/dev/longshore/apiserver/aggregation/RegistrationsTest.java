package dev.longshore.apiserver.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.ServiceRouter.Destination;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationsTest {

    private final Registrations all = new Registrations(List.of(
            local("example.com", "v1beta1", 1000, 10),
            foreign("fish.example.com", "v1", 2000, 10),
            foreign("fish.example.com", "v2", 100, 20),
            local("apps", "v1", 17800, 15)));

    static ApiRegistration local(String group, String version, int groupPriority, int versionPriority) {
        return registration(group, version, groupPriority, versionPriority, Optional.empty());
    }

    static ApiRegistration foreign(String group, String version, int groupPriority, int versionPriority) {
        return registration(
                group, version, groupPriority, versionPriority, Optional.of(new Destination("pond", "fish", 443)));
    }

    private static ApiRegistration registration(
            String group, String version, int groups, int versions, Optional<Destination> destination) {
        return new ApiRegistration(
                version + "." + group,
                group,
                version,
                groups,
                versions,
                destination,
                new ApiRegistration.Trust("", false),
                true);
    }

    @ParameterizedTest
    @CsvSource({
        "/apis/fish.example.com/v1, v1.fish.example.com",
        "/apis/fish.example.com/v1/, v1.fish.example.com",
        "/apis/fish.example.com/v2/namespaces/a/trouts/b, v2.fish.example.com",
        "/apis/fish.example.com/v3/trouts, ''",
        "/apis/fish.example.com/v10/trouts, ''",
        "/apis/fish.example.com, ''",
        "/apis, ''",
        "/apis/, ''",
        "//apis/fish.example.com/v1, ''",
        "/apis//v1, ''",
        "/apis/apps/v1/deployments, ''",
        "/api, ''",
        "/api/v1/pods, ''",
        "/openapi/v2, ''",
    })
    void leadsWhatIsBelowAForeignVersionToItsServer(String path, String name) {
        assertThat(all.foreign(path).map(ApiRegistration::name).orElse("")).isEqualTo(name);
    }

    @Test
    void whoeverServesTheCoreGroupServesAllOfIt() {
        var core = new Registrations(List.of(foreign("", "v1", 18000, 1)));

        assertThat(core.foreign("/api")).isPresent();
        assertThat(core.foreign("/api/v1/pods")).isPresent();
        assertThat(core.foreign("/apis/apps/v1")).isEmpty();
    }

    @Test
    void groupsStandByTheHighestPriorityAndVersionsByTheirOwn() {
        var groups = all.groups(Comparator.naturalOrder());

        assertThat(groups.keySet()).containsExactly("apps", "fish.example.com", "example.com");
        assertThat(groups.get("fish.example.com"))
                .extracting(ApiRegistration::version)
                .containsExactly("v2", "v1");
    }
}

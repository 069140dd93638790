package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.ResourceDefinition;
import org.junit.jupiter.api.Test;

class DeprecationsTest {

    private final Cluster cluster = new Cluster();

    @Test
    void oldKindsAndVersionsSaySo() {
        assertThat(cluster.kind("v1", "Endpoints").deprecation())
                .isEqualTo("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        assertThat(cluster.kind("v1", "ComponentStatus").deprecation())
                .isEqualTo("v1 ComponentStatus is deprecated in v1.19+");
        assertThat(cluster.kind("resource.k8s.io/v1beta1", "ResourceSlice").deprecation())
                .isEqualTo("resource.k8s.io/v1beta1 ResourceSlice is deprecated in v1.35+, unavailable in v1.38+");
    }

    @Test
    void noStableKindButThoseTwoIsOld() {
        assertThat(cluster.kinds)
                .filteredOn(
                        kind -> kind.isServedByDefault() && !kind.deprecation().isEmpty())
                .extracting(kind -> kind.kind().kind())
                .containsExactlyInAnyOrder("Endpoints", "ComponentStatus");
        assertThat(cluster.kinds).extracting(ResourceDefinition::deprecation).doesNotContainNull();
    }
}

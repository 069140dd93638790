package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.ServingPriority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingPrioritiesTest {

    /// As `kubectl get apiservices` of Kubernetes 1.36 tells them.
    @ParameterizedTest
    @CsvSource({
        "'', v1, 18000, 1",
        "apps, v1, 17800, 15",
        "autoscaling, v1, 17500, 15",
        "autoscaling, v2, 17500, 30",
        "admissionregistration.k8s.io, v1beta1, 16700, 12",
        "admissionregistration.k8s.io, v1alpha1, 16700, 9",
        "resource.k8s.io, v1, 16200, 21",
        "resource.k8s.io, v1beta2, 16200, 15",
        "resource.k8s.io, v1alpha3, 16200, 1",
        "storagemigration.k8s.io, v1beta1, 15800, 9",
        "internal.apiserver.k8s.io, v1alpha1, 16000, 9",
        "scheduling.k8s.io, v1alpha2, 16600, 2",
    })
    void areThoseOfKubernetes(String group, String version, int ofGroup, int ofVersion) {
        assertThat(ServingPriorities.of(group, version)).contains(new ServingPriority(ofGroup, ofVersion));
    }

    @Test
    void whatIsNoPartOfEveryKubernetesHasNone() {
        assertThat(ServingPriorities.of("metrics.k8s.io", "v1beta1")).isEmpty();
        assertThat(ServingPriorities.of("apiregistration.k8s.io", "v1")).isEmpty();
        assertThat(ServingPriorities.of("fish.example.com", "v1")).isEmpty();
    }
}

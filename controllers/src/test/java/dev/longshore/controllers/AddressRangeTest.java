package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

    private static final AddressRange RANGE = AddressRange.parse("192.0.2.0/29");

    private static Service service(String asked) {
        return new ServiceBuilder(Samples.service())
                .editSpec()
                .withType("LoadBalancer")
                .withLoadBalancerIP(asked)
                .withIpFamilies("IPv4")
                .endSpec()
                .build();
    }

    @Test
    void addressesAreGivenInOrderWithoutTheEndsOfTheBlock() {
        assertThat(RANGE.free(Set.of())).contains("192.0.2.1");
        assertThat(RANGE.free(Set.of("192.0.2.1", "192.0.2.2"))).contains("192.0.2.3");
        assertThat(AddressRange.parse("192.0.2.7/32").free(Set.of())).contains("192.0.2.7");
        assertThat(AddressRange.parse("192.0.2.7/32").free(Set.of("192.0.2.7"))).isEmpty();
        assertThat(RANGE.contains("192.0.2.6")).isTrue();
        assertThat(RANGE.contains("192.0.2.7")).isFalse();
        assertThat(AddressRange.parse("fd00::/120").free(Set.of())).contains("fd00:0:0:0:0:0:0:0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "192.0.2.0", "192.0.2.0/33", "192.0.2.0/x", "example.com/24", "/24", "192.0.2.0/0"})
    void whatIsNoRangeIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write it like");
    }

    @Test
    void aServiceGetsTheAddressItAsksForIfThatIsFree() {
        assertThat(LoadBalancerController.choice(service("192.0.2.5"), RANGE, Set.of()))
                .isEqualTo("192.0.2.5");
        assertThat(LoadBalancerController.choice(service(null), RANGE, Set.of("192.0.2.1")))
                .isEqualTo("192.0.2.2");
        assertThatThrownBy(() -> LoadBalancerController.choice(service("192.0.2.5"), RANGE, Set.of("192.0.2.5")))
                .hasMessage("192.0.2.5 is taken by another Service");
        assertThatThrownBy(() -> LoadBalancerController.choice(service("10.0.0.1"), RANGE, Set.of()))
                .hasMessage("10.0.0.1 is not in the range of addresses");
        assertThatThrownBy(
                        () -> LoadBalancerController.choice(service(null), AddressRange.parse("fd00::/120"), Set.of()))
                .hasMessageContaining("IPv6");
    }
}

package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kinds.services.ServiceStocks;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.util.HashSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceTest {

    private final Cluster cluster = new Cluster();

    private static String service(String name, String spec) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {%s}
                """.formatted(name, spec);
    }

    private Resource create(String name, String spec) {
        return cluster.create(service(name, spec));
    }

    @Test
    void takesAnAddressOfTheRange() {
        Resource web = create("web", "selector: {app: web}, ports: [{port: 80}]");

        assertThat(web.text("spec", "clusterIP")).startsWith("10.96.");
        assertThat(web.at("spec", "clusterIPs").get(0).asString()).isEqualTo(web.text("spec", "clusterIP"));
        assertThat(web.at("spec", "ports").get(0).toString())
                .isEqualTo("{\"port\":80,\"protocol\":\"TCP\",\"targetPort\":80}");
        assertThat(web.text("spec", "type")).isEqualTo("ClusterIP");
        assertThat(web.at("spec", "ipFamilies").toString()).isEqualTo("[\"IPv4\"]");
        assertThat(web.text("spec", "ipFamilyPolicy")).isEqualTo("SingleStack");
        assertThat(web.text("spec", "internalTrafficPolicy")).isEqualTo("Cluster");
    }

    @Test
    void neverGivesAnAddressTwice() {
        var addresses = new HashSet<String>();
        for (int i = 0; i < 300; i++) {
            addresses.add(create("web" + i, "ports: [{port: 80}]").text("spec", "clusterIP"));
        }
        assertThat(addresses).hasSize(300).doesNotContain("10.96.0.0", "10.96.255.255");
    }

    @Test
    void refusesAnAddressThatIsTakenOrOutside() {
        create("dns", "clusterIP: 10.96.0.10, ports: [{port: 53}]");

        assertThatThrownBy(() -> create("other", "clusterIP: 10.96.0.10, ports: [{port: 53}]"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("failed to allocate IP 10.96.0.10: provided IP is already allocated");
        assertThatThrownBy(() -> create("other", "clusterIP: 10.1.0.10, ports: [{port: 53}]"))
                .hasMessageContaining("the provided IP (10.1.0.10) is not in the valid range. The range of valid IPs is"
                        + " 10.96.0.0/16");
    }

    @Test
    void givesBackWhatADeletedServiceHeld() {
        Resource dns = create("dns", "clusterIP: 10.96.0.10, type: NodePort, ports: [{port: 53, nodePort: 30053}]");
        cluster.kindOf(dns).strategy().afterDelete(cluster.registry, dns);

        assertThat(create("again", "clusterIP: 10.96.0.10, type: NodePort, ports: [{port: 53, nodePort: 30053}]")
                        .text("spec", "clusterIP"))
                .isEqualTo("10.96.0.10");
    }

    @Test
    void sharesANodePortBetweenProtocols() {
        Resource dns =
                create("dns", "type: NodePort, ports: [{name: t, port: 53}, {name: u, port: 53, protocol: UDP}]");

        int tcp = dns.at("spec", "ports").get(0).path("nodePort").asInt();
        assertThat(tcp).isBetween(30000, 32767);
        assertThat(dns.at("spec", "ports").get(1).path("nodePort").asInt()).isEqualTo(tcp);
    }

    @Test
    void releasesWhatAFailedWriteTook() {
        Resource web = cluster.read(service("web", "clusterIP: 10.96.0.20, ports: [{port: 80}]"));
        Strategy.Reservation reservation =
                cluster.kindOf(web).strategy().reserve(cluster.call, cluster.registry, web, Optional.empty());
        reservation.release();

        assertThat(create("web", "clusterIP: 10.96.0.20, ports: [{port: 80}]").name())
                .isEqualTo("web");
    }

    @Test
    void losesItsNodePortWithItsType() {
        Resource old = create("web", "type: NodePort, ports: [{port: 80, nodePort: 30080}]");
        Resource now = cluster.read(service("web", "type: ClusterIP, ports: [{port: 80}]"));
        var strategy = cluster.kindOf(old).strategy();
        strategy.prepareForUpdate(cluster.call, now, old);
        strategy.reserve(cluster.call, cluster.registry, now, Optional.of(old)).settle();

        assertThat(now.text("spec", "clusterIP")).isEqualTo(old.text("spec", "clusterIP"));
        assertThat(now.at("spec", "ports").get(0).has("nodePort")).isFalse();
        assertThat(create("other", "type: NodePort, ports: [{port: 80, nodePort: 30080}]")
                        .name())
                .isEqualTo("other");
    }

    @Test
    void headlessServicesTakeNothing() {
        Resource web = create("web", "clusterIP: None, selector: {app: web}");

        assertThat(web.text("spec", "clusterIP")).isEqualTo("None");
        assertThat(cluster.registry.record("ranges/serviceips").isEmpty()).isTrue();
    }

    @Test
    void externalNamesTakeNothing() {
        Resource web = create("web", "type: ExternalName, externalName: example.com");

        assertThat(web.at("spec", "clusterIP").isMissingNode()).isTrue();
        assertThat(web.at("spec", "ipFamilies").isMissingNode()).isTrue();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(cluster.faults(service("web", "selector: {app: web}")))
                .containsExactly("spec.ports: Required value");
        assertThat(cluster.faults(service("web", "ports: [{port: 80}, {port: 0}]")))
                .contains(
                        "spec.ports[0].name: Required value",
                        "spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive");
        assertThat(cluster.faults(service("web", "ports: [{port: 80, nodePort: 30080}]")))
                .contains("spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'");
    }

    @Test
    void anAddressMayNotChange() {
        Resource old = create("web", "clusterIP: 10.96.0.20, ports: [{port: 80}]");
        Resource now =
                cluster.read(service("web", "clusterIP: 10.96.0.21, clusterIPs: [10.96.0.21], ports: [{port: 80}]"));

        assertThat(cluster.faults(now, old))
                .contains("spec.clusterIPs[0]: Invalid value: [\"10.96.0.21\"]: may not change once set");
    }

    @Test
    void repairCountsWhatIsThere() {
        create("web", "clusterIP: 10.96.0.20, ports: [{port: 80}]");
        Resource lost = cluster.read(service("lost", "clusterIP: 10.96.0.21, ports: [{port: 80}]"));
        cluster.kindOf(lost).strategy().reserve(cluster.call, cluster.registry, lost, Optional.empty());
        new ServiceStocks(cluster.context).repair(cluster.registry);

        assertThat(create("lost", "clusterIP: 10.96.0.21, ports: [{port: 80}]").name())
                .isEqualTo("lost");
        assertThatThrownBy(() -> create("other", "clusterIP: 10.96.0.20, ports: [{port: 80}]"))
                .hasMessageContaining("already allocated");
    }

    @Test
    void twoFamiliesGiveTwoAddresses() {
        var both = new Cluster(Cluster.TWO_FAMILIES);
        Resource one = both.create(service("one", "ports: [{port: 80}]"));
        Resource two = both.create(service("two", "ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]"));
        Resource other = both.create(
                service("other", "ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv6], ports: [{port: 80}]"));

        assertThat(one.at("spec", "clusterIPs").size()).isEqualTo(1);
        assertThat(one.text("spec", "clusterIP")).startsWith("10.96.");
        assertThat(two.at("spec", "ipFamilies").toString()).isEqualTo("[\"IPv4\",\"IPv6\"]");
        assertThat(two.text("spec", "clusterIP")).startsWith("10.96.");
        assertThat(two.at("spec", "clusterIPs").get(1).asString()).startsWith("fd00:96::");
        assertThat(other.at("spec", "ipFamilies").toString()).isEqualTo("[\"IPv6\",\"IPv4\"]");
        assertThat(other.text("spec", "clusterIP")).startsWith("fd00:96::");
    }

    @Test
    void aSecondAddressComesAndGoesWithThePolicy() {
        var both = new Cluster(Cluster.TWO_FAMILIES);
        Resource one = both.create(service("web", "clusterIP: 10.96.0.20, ports: [{port: 80}]"));
        Resource two = one.copy();
        two.object("spec").put("ipFamilyPolicy", "RequireDualStack");
        update(both, two, one);
        String second = two.at("spec", "clusterIPs").get(1).asString();
        assertThat(two.text("spec", "clusterIP")).isEqualTo("10.96.0.20");

        assertThatThrownBy(() -> both.create(
                        service("other", "clusterIP: \"" + second + "\", ipFamilies: [IPv6], ports: [{port: 80}]")))
                .hasMessageContaining("already allocated");
        Resource again = two.copy();
        again.object("spec").put("ipFamilyPolicy", "SingleStack");
        update(both, again, two);

        assertThat(again.at("spec", "clusterIPs").toString()).isEqualTo("[\"10.96.0.20\"]");
        assertThat(again.at("spec", "ipFamilies").toString()).isEqualTo("[\"IPv4\"]");
        assertThat(both.create(service(
                                "other", "clusterIP: \"" + second + "\", ipFamilies: [IPv6], ports: [{port: 80}]"))
                        .text("spec", "clusterIP"))
                .isEqualTo(second);
    }

    private static void update(Cluster cluster, Resource now, Resource old) {
        var strategy = cluster.kindOf(now).strategy();
        strategy.prepareForUpdate(cluster.call, now, old);
        assertThat(strategy.validateUpdate(cluster.call, now, old)).isEmpty();
        strategy.reserve(cluster.call, cluster.registry, now, Optional.of(old)).settle();
        cluster.registry.put(now);
    }

    @Test
    void anAddressMustBeOfItsFamilysRange() {
        var both = new Cluster(Cluster.TWO_FAMILIES);

        assertThatThrownBy(() -> both.create(service("a", "clusterIP: \"fd00:97::1\", ports: [{port: 80}]")))
                .hasMessageContaining("spec.clusterIPs: Invalid value: [\"fd00:97::1\"]: failed to allocate IP"
                        + " fd00:97::1: the provided IP (fd00:97::1) is not in the valid range. The range of valid IPs"
                        + " is fd00:96::/112");
    }
}
